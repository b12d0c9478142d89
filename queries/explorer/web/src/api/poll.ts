import { useEffect, useState } from "preact/hooks";
import type { Asked } from "./use";

/** Asks how far something is, again and again until it is over. An empty key asks nothing. */
export function usePolled<T>(key: string, ask: (signal: AbortSignal) => Promise<T>, isOver: (state: T) => boolean): Asked<T> {
  const [state, set] = useState<Asked<T> & { key: string }>({ key: "", loading: false });
  useEffect(() => {
    if (!key) return;
    const asking = new AbortController();
    let timer = 0;
    const again = () => {
      ask(asking.signal).then(
        (data) => {
          if (asking.signal.aborted) return;
          set({ key, data, loading: !isOver(data) });
          if (!isOver(data)) timer = window.setTimeout(again, pause);
        },
        (failure: unknown) => {
          if (!asking.signal.aborted) set({ key, failure: failure instanceof Error ? failure : new Error(String(failure)), loading: false });
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
