import { useEffect, useState } from "preact/hooks";
import { retryAfter } from "./retry";
import type { Asked } from "./use";

/** Asks how far something is, again and again until it is over; failures that pass do not end it. An empty key asks nothing. */
export function usePolled<T>(key: string, ask: (signal: AbortSignal) => Promise<T>, isOver: (state: T) => boolean): Asked<T> {
  const [state, set] = useState<Asked<T> & { key: string }>({ key: "", loading: false });
  useEffect(() => {
    if (!key) return;
    let asking = new AbortController();
    let timer = 0;
    let failures = 0;
    const again = () => {
      const { signal } = (asking = new AbortController());
      timer = window.setTimeout(() => { // an answer that hangs is asked for anew
        asking.abort();
        again();
      }, patience);
      ask(signal).then(
        (data) => {
          if (signal.aborted) return;
          clearTimeout(timer);
          failures = 0;
          set({ key, data, loading: !isOver(data) });
          if (!isOver(data)) timer = window.setTimeout(again, pause);
        },
        (failure: unknown) => {
          if (signal.aborted) return;
          clearTimeout(timer);
          const wait = retryAfter(failure, ++failures);
          if (wait !== undefined) timer = window.setTimeout(again, wait);
          else set({ key, failure: failure instanceof Error ? failure : new Error(String(failure)), loading: false });
        },
      );
    };
    again();
    return () => {
      asking.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return state.key === key ? state : { loading: key !== "" };
}

const pause = 400;
const patience = 15_000;
