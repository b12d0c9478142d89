// Scenarios that the reader keeps in the browser: named, renamed, deleted, opened, and compared.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { address, changed, change } from "../../app/address";
import { caseParams, formatCase, isEmpty, nothing, parseCase, type Case } from "./scenario";
import { w } from "./words";

const key = "tributary.scenarios";

function read(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list.filter((x) => typeof x === "string") : [];
  } catch {
    return [];
  }
}

const kept = signal<readonly string[]>(read());

function write(list: readonly string[]): void {
  localStorage.setItem(key, JSON.stringify(list));
  kept.value = list;
}

export const mostCompared = 3;

/** The parameters of the state that shows one scenario, and those of the one that compares several. */
export function openParams(c: Case) {
  return { ...caseParams(c), case: [] as string[], why: "" };
}

function compareParams(cases: readonly string[]) {
  return { ...caseParams(nothing), case: cases, why: "", buyer: "", share: "" };
}

export function Kept({ of }: { of: Case }) {
  const [name, setName] = useState(of.title);
  const [picked, setPicked] = useState<readonly string[]>(() => address.value.params.getAll("case"));
  const now = formatCase(of);
  const save = (e: Event) => {
    e.preventDefault();
    const text = formatCase({ ...of, title: name.trim() || w().untitled });
    write([text, ...kept.value.filter((k) => parseCase(k).title !== parseCase(text).title)]);
    change(caseParams(parseCase(text)), true);
  };
  const pick = (text: string, on: boolean) => setPicked(on ? [...picked, text].slice(-mostCompared) : picked.filter((p) => p !== text));
  const chosen = picked.filter((p) => kept.value.includes(p));
  return (
    <section class="kept panel" aria-labelledby="kept-head">
      <h2 id="kept-head">{w().kept}</h2>
      {!isEmpty(of) && (
        <form class="whatif-tools" onSubmit={save}>
          <label>{w().title} <input value={name} onInput={(e) => setName(e.currentTarget.value)} /></label>
          <button type="submit">{w().keep}</button>
        </form>
      )}
      {kept.value.length > 0 && (
        <ul class="kept-list">
          {kept.value.map((text) => <KeptCase key={text} text={text} now={text === now} picked={chosen.includes(text)} onPick={(on) => pick(text, on)} onRename={(to) => { write(kept.value.map((k) => (k === text ? to : k))); pick(text, false); }} onDelete={() => { write(kept.value.filter((k) => k !== text)); pick(text, false); }} />)}
        </ul>
      )}
      {kept.value.length > 1 && <p>{chosen.length > 1 ? <a class="button" href={changed(compareParams(chosen))}>{w().compare(chosen.length)}</a> : <span class="facts">{w().choose}</span>}</p>}
      <p class="facts">{w().keptNote}</p>
    </section>
  );
}

interface KeptProps {
  readonly text: string;
  readonly now: boolean;
  readonly picked: boolean;
  readonly onPick: (on: boolean) => void;
  readonly onRename: (to: string) => void;
  readonly onDelete: () => void;
}

function KeptCase({ text, now, picked, onPick, onRename, onDelete }: KeptProps) {
  const of = parseCase(text);
  const [renaming, setRenaming] = useState<string | null>(null);
  if (renaming !== null) {
    return (
      <li>
        <form onSubmit={(e) => { e.preventDefault(); setRenaming(null); onRename(formatCase({ ...of, title: renaming.trim() || of.title })); }}>
          <input aria-label={w().name} value={renaming} onInput={(e) => setRenaming(e.currentTarget.value)} /> <button type="submit">{w().save}</button> <button type="button" onClick={() => setRenaming(null)}>{w().cancel}</button>
        </form>
      </li>
    );
  }
  return (
    <li>
      <label><input type="checkbox" checked={picked} onChange={(e) => onPick(e.currentTarget.checked)} /> <span class="unseen">{w().pick} {of.title}</span></label>
      <a href={changed(openParams(of))} aria-current={now ? "true" : undefined}>{of.title}</a>
      <button type="button" class="plain" onClick={() => setRenaming(of.title)}>{w().rename}</button>
      <button type="button" class="plain" onClick={onDelete}>{w().delete}</button>
    </li>
  );
}
