// The answer to one pair: one company, two, or later; by button and by key.
import { useRef, useState } from "preact/hooks";
import type { Pair } from "../../api/schema";
import { person } from "../../app/person";
import { words } from "../../app/settings";
import { Key, useKeys } from "../../ui/keys";
import { FailureNote } from "../../ui/state";
import { contradictionText } from "./reasons";
import { decide, sitting, undo, type Decision } from "./state";

const w = words({
  en: {
    accept: "One company", reject: "Not the same", skip: "Skip", undo: "Undo the last", by: "Who decides", byHint: "your name", why: "Reason, if you like to leave one", wanted: "Say who decides first: the name is kept with the decision.",
    contradicts: (x: string) => `The identifiers contradict each other: ${x}. A company has only one of these, so these are two, or one record is wrong.`,
    sure: "One company nevertheless?", force: "Make them one company", cancel: "Leave it",
    done: { same: (a: string, b: string) => `One company: ${a} and ${b}.`, different: (a: string, b: string) => `Two companies: ${a} and ${b}.` },
  },
  zh: {
    accept: "同一家公司", reject: "不是同一家", skip: "跳过", undo: "撤销上一步", by: "决定人", byHint: "您的姓名", why: "理由（可不填）", wanted: "请先填写决定人：姓名会与决定一并保存。",
    contradicts: (x: string) => `标识相互矛盾：${x}。一家公司只会有一个此类标识，因此两者是两家公司，或其中一条记录有误。`,
    sure: "仍要认定为同一家公司？", force: "认定为同一家", cancel: "保持不变",
    done: { same: (a: string, b: string) => `已认定为同一家公司：${a} 与 ${b}。`, different: (a: string, b: string) => `已认定为两家公司：${a} 与 ${b}。` },
  },
});

export interface Turning {
  /** Goes on to the next pair. */
  readonly next: () => void;
  /** Comes back to a pair. */
  readonly back: (id: string) => void;
}

export function Deciding({ pair, next, back }: { pair: Pair } & Turning) {
  const [why, setWhy] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const [nameless, setNameless] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useRef<HTMLInputElement>(null);
  const attempt = async (act: () => Promise<void>) => {
    if (busy) return;
    if (!person.value.trim()) {
      setNameless(true);
      name.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
    } catch (e) {
      setFailure(e instanceof Error ? e : new Error(String(e)));
    } finally {
      setBusy(false);
    }
  };
  const answerWith = (decision: Decision, force = false) => attempt(async () => {
    await decide(pair, decision, { why: why.trim() || undefined, force: force || undefined });
    setWhy("");
    next();
  });
  const accept = () => (pair.contradiction && person.value.trim() ? dialog.current?.showModal() : void answerWith("same"));
  const last = sitting.value.at(-1);
  const undoLast = () => last && void attempt(async () => {
    await undo(last.id);
    back(last.id);
  });
  const skip = () => {
    setFailure(undefined);
    next();
  };
  useKeys({ a: accept, r: () => void answerWith("different"), s: skip, u: () => void undoLast() });
  return (
    <form class="review-answer" onSubmit={(e) => e.preventDefault()}>
      {pair.contradiction && <p class="note warnings">{w().contradicts(contradictionText(pair.contradiction))}</p>}
      <div class="buttons">
        <button type="button" class="primary" disabled={busy} aria-keyshortcuts="a" onClick={accept}>{w().accept} <Key name="a" /></button>
        <button type="button" disabled={busy} aria-keyshortcuts="r" onClick={() => void answerWith("different")}>{w().reject} <Key name="r" /></button>
        <button type="button" disabled={busy} aria-keyshortcuts="s" onClick={skip}>{w().skip} <Key name="s" /></button>
        <button type="button" disabled={busy || !last} aria-keyshortcuts="u" onClick={undoLast}>{w().undo} <Key name="u" /></button>
      </div>
      <div class="fields">
        <label>{w().by}<input ref={name} value={person.value} placeholder={w().byHint} autocomplete="name" maxLength={200} aria-invalid={nameless && !person.value.trim()} onInput={(e) => { person.value = e.currentTarget.value; }} /></label>
        <label class="why">{w().why}<input value={why} maxLength={2000} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
      </div>
      {nameless && !person.value.trim() && <p class="wanted" role="alert">{w().wanted}</p>}
      {failure && <FailureNote failure={failure} />}
      <p class="done" role="status">{last && w().done[last.decision](...last.names)}</p>
      <dialog ref={dialog} aria-labelledby="review-sure">
        <h2 id="review-sure">{w().sure}</h2>
        <p>{pair.contradiction && w().contradicts(contradictionText(pair.contradiction))}</p>
        <div class="buttons">
          <button type="button" autofocus onClick={() => dialog.current?.close()}>{w().cancel}</button>
          <button type="button" class="danger" onClick={() => { dialog.current?.close(); void answerWith("same", true); }}>{w().force}</button>
        </div>
      </dialog>
    </form>
  );
}
