// Failures that pass: a network that is away for a moment, a server that is busy or just starting.
import { Failure } from "./client";

const mostTries = 5;

/** How long to wait before trying again after so many failures in a row, in ms; undefined when that is no use. */
export function retryAfter(failure: unknown, failures: number): number | undefined {
  if (failures >= mostTries) return undefined;
  if (failure instanceof DOMException && failure.name === "AbortError") return undefined;
  if (failure instanceof Failure && failure.problem.status !== 429 && failure.problem.status !== 503) return undefined;
  return 250 * 2 ** failures;
}

/** Asks, and again after failures that pass. */
export async function patiently<T>(ask: () => Promise<T>, abort: AbortSignal): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await ask();
    } catch (e) {
      const wait = retryAfter(e, ++failures);
      if (wait === undefined) throw e;
      await pause(wait, abort);
    }
  }
}

/** Waits, unless it is aborted. */
export function pause(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("cancelled", "AbortError"));
    };
    const timer = setTimeout(() => {
      abort.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (abort.aborted) stop();
    else abort.addEventListener("abort", stop, { once: true });
  });
}
