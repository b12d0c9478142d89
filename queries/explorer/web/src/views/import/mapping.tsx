// The mapping of a file, to be corrected: its lines are numbered, and what is wrong leads to its place.
import { useRef } from "preact/hooks";
import { Failure } from "../../api/client";
import { words } from "../../app/settings";
import { change, check, lookups, namesOfLookups, suggest, type Draft } from "./state";

const w = words({
  en: {
    title: "Mapping", help: "It says what the columns of the file become. Change it, and try again.", again: "Try again", draft: "Draft it anew", without: "Read the file without a mapping", own: "Correct how it is read", ownHelp: "The file was understood without a mapping. Where it was misunderstood, a mapping says how its columns are meant.", start: "Draft a mapping",
    wrong: "What is wrong", unsure: "What needs a look", at: (line: number, column: number) => `Line ${line}, column ${column}`, line: (n: number) => `Line ${n}`, missing: (names: string) => `The mapping looks up in ${names}: drop that file too.`, stale: "Changed since it was tried.",
  },
  zh: {
    title: "映射", help: "映射说明文件各列的含义。修改后再试一次。", again: "再试一次", draft: "重新起草", without: "不用映射读取", own: "更正读取方式", ownHelp: "文件无需映射即可理解。如有误解，可用映射说明各列的含义。", start: "起草映射",
    wrong: "错误之处", unsure: "需要核对之处", at: (line: number, column: number) => `第 ${line} 行，第 ${column} 列`, line: (n: number) => `第 ${n} 行`, missing: (names: string) => `映射需要在 ${names} 中查找：请一并拖入该文件。`, stale: "修改后尚未重试。",
  },
});

export function MappingEditor({ draft: d }: { draft: Draft }) {
  const text = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  if (d.mapping === undefined) {
    return (
      <details class="import-own">
        <summary>{w().own}</summary>
        <p>{w().ownHelp}</p>
        <button type="button" disabled={!!d.doing} onClick={() => void suggest(d.id)}>{w().start}</button>
      </details>
    );
  }
  const mapping = d.mapping;
  const wrong = d.failure instanceof Failure && d.broke === "checking" ? (d.failure.problem.mapping_errors ?? []) : [];
  const lines = mapping.split("\n").length;
  const marked = new Map<number, string>([...d.unsure.map((u) => [u.line, "unsure"] as const), ...wrong.map((e) => [e.line, "wrong"] as const)]);
  const missing = namesOfLookups(mapping).filter((name) => !lookups.value.has(name));
  return (
    <section class="import-mapping">
      <h3>{w().title}</h3>
      <p class="facts">{w().help}</p>
      {wrong.length > 0 && (
        <div class="note failure" role="alert">
          <strong>{w().wrong}</strong>
          <ul>{wrong.map((e, i) => <li key={i}><button type="button" class="plain" onClick={() => goTo(text.current, e.line, e.column)}>{w().at(e.line, e.column)}</button>: <span lang="en">{e.message}</span></li>)}</ul>
        </div>
      )}
      {missing.length > 0 && <p class="note warnings">{w().missing(missing.join(", "))}</p>}
      {d.unsure.length > 0 && (
        <details class="note warnings" open>
          <summary>{w().unsure} ({d.unsure.length})</summary>
          <ul>{d.unsure.map((u) => <li key={u.line}><button type="button" class="plain" onClick={() => goTo(text.current, u.line, 1)}>{w().line(u.line)}</button>: <span lang="en">{u.note.replace(/^unsure: /, "").replaceAll("; unsure: ", "; ")}</span></li>)}</ul>
        </details>
      )}
      <div class="code">
        <div class="gutter" aria-hidden="true"><div ref={gutter}>{Array.from({ length: lines }, (_, i) => <div key={i} class={marked.get(i + 1)}>{i + 1}</div>)}</div></div>
        <textarea ref={text} aria-label={w().title} spellcheck={false} autocomplete="off" wrap="off" rows={Math.min(26, Math.max(8, lines + 1))} value={mapping} disabled={!!d.doing}
          onScroll={(e) => { if (gutter.current) gutter.current.style.transform = `translateY(${-e.currentTarget.scrollTop}px)`; }}
          onInput={(e) => change(d.id, { mapping: e.currentTarget.value, unsure: [], stale: true })} />
      </div>
      <div class="buttons">
        <button type="button" class={d.stale || d.failure ? "primary" : undefined} disabled={!!d.doing} onClick={() => void check(d.id)}>{w().again}</button>
        <button type="button" disabled={!!d.doing} onClick={() => void suggest(d.id)}>{w().draft}</button>
        <button type="button" disabled={!!d.doing} onClick={() => { change(d.id, { mapping: undefined, unsure: [] }); void check(d.id); }}>{w().without}</button>
        {d.stale && <span class="facts">{w().stale}</span>}
      </div>
    </section>
  );
}

/** Puts the caret to a line and column, both from 1, and selects the rest of the line. */
function goTo(text: HTMLTextAreaElement | null, line: number, column: number): void {
  if (!text) return;
  const lines = text.value.split("\n");
  const begin = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
  const before = [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  text.focus();
  text.setSelectionRange(begin + before, begin + (lines[line - 1]?.length ?? 0));
  text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
}
