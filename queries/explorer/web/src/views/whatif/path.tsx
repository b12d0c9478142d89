// The chain along which a loss comes, each hop a link to its evidence.
import type { CauseHop } from "../../api/schema";
import { changed, link } from "../../app/address";
import { nameOf } from "../../ui/names";

export function LossPath({ hops }: { hops: readonly CauseHop[] }) {
  if (hops.length === 0) return null;
  return (
    <ol class="loss-path">
      <li><a href={link(["company", hops[0]!.from.id])}>{nameOf(hops[0]!.from)}</a></li>
      {hops.map((hop, i) => {
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
