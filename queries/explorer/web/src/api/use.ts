import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { token } from "../app/token";
import { Failure } from "./client";

/** What a question has come to: the newest data stays while the next is on its way. */
export interface Asked<T> {
  readonly data?: T;
  readonly failure?: Failure | Error;
  readonly loading: boolean;
}

/**
 * Asks a question, again when its key changes, and drops answers that come too late. An empty key asks nothing.
 * Answers are kept for half a minute, so that going back is immediate.
 */
export function useAnswer<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [state, set] = useState<Asked<T> & { key: string }>({ key: "", loading: false });
  const wanted = key && key + "\n" + token.value + "\n" + changes.value;
  useEffect(() => {
    if (!wanted) return;
    const known = recall(wanted) as T | undefined;
    if (known !== undefined) {
      set({ key: wanted, data: known, loading: false });
      return;
    }
    const asking = new AbortController();
    set((was) => ({ key: wanted, data: was.data, loading: true }));
    ask(asking.signal).then(
      (data) => {
        if (asking.signal.aborted) return;
        remember(wanted, data);
        set({ key: wanted, data, loading: false });
      },
      (failure: unknown) => {
        if (!asking.signal.aborted) set({ key: wanted, failure: failure instanceof Error ? failure : new Error(String(failure)), loading: false });
      },
    );
    return () => asking.abort();
  }, [wanted]);
  if (!wanted) return { loading: false };
  return state.key === wanted ? state : { data: state.data, loading: true };
}

interface Kept {
  readonly data: unknown;
  readonly at: number;
}

const recent = new Map<string, Kept>();
const mostRecent = 30;
const longest = 30_000;
/** The newest revision that an answer came from. */
let newest = 0;

function recall(key: string): unknown {
  const kept = recent.get(key);
  return kept && performance.now() - kept.at < longest ? kept.data : undefined;
}

/** Keeps an answer. One that comes from a newer revision drops the others: the graph has changed, by whomever. */
function remember(key: string, data: unknown): void {
  const revision = revisionOf(data);
  if (revision > newest) {
    newest = revision;
    recent.clear();
  }
  recent.delete(key);
  recent.set(key, { data, at: performance.now() });
  for (const oldest of recent.keys()) {
    if (recent.size <= mostRecent) break;
    recent.delete(oldest);
  }
}

function revisionOf(data: unknown): number {
  const revision = typeof data === "object" && data !== null && "revision" in data ? data.revision : 0;
  return typeof revision === "number" ? revision : 0;
}

/** How often this page changed the graph. */
const changes = signal(0);

/** Forgets all answers, and asks those that are shown again: the graph has changed. */
export function forgetAnswers(): void {
  recent.clear();
  changes.value++;
}
