// How long a question may be worked on: large networks take longer than the server gives unless it is asked for.
import { address, changed } from "../../app/address";
import { words } from "../../app/settings";

const w = words({ en: { longer: "Work on it for a minute" }, zh: { longer: "延长至一分钟继续计算" } });

const minute = 60_000;

/** The time for an answer, where the address gives more than is usual. */
export function patience(): { timeout_ms?: number } {
  return address.value.params.has("longer") ? { timeout_ms: minute } : {};
}

/** Asks for more time where an answer ran out of it. */
export function Longer({ of }: { of: { readonly stopped_because?: string } }) {
  if (of.stopped_because !== "deadline" || address.value.params.has("longer")) return null;
  return <p><a class="button" href={changed({ longer: true })}>{w().longer}</a></p>;
}
