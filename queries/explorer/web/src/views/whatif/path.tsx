// The chain along which a loss comes, each hop a link to its evidence.
import { useState } from "preact/hooks";
import type { CauseHop } from "../../api/schema";
import { changed, link } from "../../app/address";
import { nameOf } from "../../ui/names";
import { w } from "./words";

/** How many hops of a long chain are shown, the last ones. */
const most = 6;

export function LossPath({ hops }: { hops: readonly CauseHop[] }) {
  const [all, setAll] = useState(false);
  if (hops.length === 0) return null;
  const from = all || hops.length <= most + 2 ? 0 : hops.length - most;
  return (
    <ol class="loss-path">
      <li><a href={link(["company", hops[0]!.from.id])}>{nameOf(hops[0]!.from)}</a></li>
      {from > 0 && <li><button type="button" class="plain" onClick={() => setAll(true)}>{w().between(from)}</button></li>}
      {hops.slice(from).map((hop, i) => {
        const what = hop.product ? nameOf(hop.product) : "";
        return (
          <li key={i}>
            {hop.relation ? <a class="hop" href={changed({ relation: hop.relation })}>{what || "→"}</a> : <span class="hop">{what}</span>}
            <span class="arrow" aria-hidden="true">→</span>
            <a href={link(["company", hop.to.id])}>{nameOf(hop.to)}</a>
          </li>
        );
      })}
    </ol>
  );
}
