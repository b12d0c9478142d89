// What the picture does not show, in words.
import type { ChainAnswer } from "../../api/schema";
import { changed } from "../../app/address";
import { count } from "../../ui/numbers";
import type { ChainState } from "./state";
import { w } from "./words";

export function Said({ data, state }: { data: ChainAnswer; state: ChainState }) {
  const { folded, left_out: left } = data;
  const within = data.links.filter((l) => l.within).length;
  return (
    <ul class="said">
      {!state.list && <li>{w().widths}</li>}
      {folded.companies > 0 && <li>{w().folded(count(folded.companies), count(folded.links))} {state.visible < 2000 && <a href={changed({ visible: Math.min(2000, state.visible * 5) })}>{w().showMore}</a>}</li>}
      {left.unopened > 0 && <li>{w().unopened(count(left.unopened))}</li>}
      {left.links > 0 && <li>{w().linksLeft(count(left.links), count(left.relations))}</li>}
      {left.companies > 0 && <li>{w().filtered(count(left.companies))}</li>}
      {left.suppliers_beyond && <li>{w().beyondSuppliers} <a href={changed({ suppliers: state.suppliers + 1 })}>{w().oneMore}</a></li>}
      {left.customers_beyond && <li>{w().beyondCustomers} <a href={changed({ customers: state.customers + 1 })}>{w().oneMore}</a></li>}
      {!state.list && within > 0 && <li>{w().within(count(within))}</li>}
      {data.stopped_because === "deadline" && <li>{w().stopped}</li>}
    </ul>
  );
}
