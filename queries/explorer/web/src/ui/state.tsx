// What is shown while an answer is on its way, and when none comes.
import type { ComponentChildren } from "preact";
import { Failure } from "../api/client";
import type { Asked } from "../api/use";
import { words } from "../app/settings";

const w = words({
  en: { loading: "Loading…", failed: "That did not work", unreachable: "The server does not answer. Is it still running?", warnings: "To bear in mind" },
  zh: { loading: "正在加载…", failed: "未能完成", unreachable: "服务器没有响应，它还在运行吗？", warnings: "请注意" },
});

/** Shows an answer once it is there: the last one, dimmed, while the next is on its way. */
export function Answered<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ComponentChildren }) {
  if (asked.failure) return <FailureNote failure={asked.failure} />;
  if (asked.data === undefined) return asked.loading ? <p class="loading" role="status">{w().loading}</p> : null;
  return <div class={asked.loading ? "answer stale" : "answer"} aria-busy={asked.loading}>{children(asked.data)}</div>;
}

export function FailureNote({ failure }: { failure: Error }) {
  const problem = failure instanceof Failure ? failure.problem : undefined;
  return (
    <div class="note failure" role="alert">
      <strong>{w().failed}</strong>
      <p>{problem ? failure.message : w().unreachable}</p>
      {problem?.errors && problem.errors.length > 1 && <ul>{problem.errors.map((e, i) => <li key={i}>{e.message}</li>)}</ul>}
    </div>
  );
}

/** What an answer says to bear in mind. */
export function Warnings({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <details class="note warnings">
      <summary>{w().warnings} ({of.length})</summary>
      <ul>{of.map((text) => <li key={text}>{text}</li>)}</ul>
    </details>
  );
}
