// What the picture does not show, in words.
import type { ChainAnswer } from "../../api/schema";
import { changed } from "../../app/address";
import { heavy } from "../../chart/paint";
import { count } from "../../ui/numbers";
import type { ChainState } from "./state";
import { w } from "./words";

interface Remark {
  readonly text: string;
  /** A way to see what is missing. */
  readonly more?: { readonly href: string; readonly text: string };
}

export function remarks(data: ChainAnswer, state: ChainState): readonly Remark[] {
  const { folded, left_out: left } = data;
  const within = data.links.filter((l) => l.within).length;
  const out: Remark[] = [];
  const say = (when: boolean, text: () => string, more?: Remark["more"]) => {
    if (when) out.push({ text: text(), more });
  };
  say(!state.list, () => (data.links.length > heavy.dashes ? w().widthsMany : w().widths));
  say(folded.companies > 0, () => w().folded(count(folded.companies), count(folded.links)), state.visible < 2000 ? { href: changed({ visible: Math.min(2000, state.visible * 4) }), text: w().showMore } : undefined);
  say(left.unopened > 0, () => w().unopened(count(left.unopened)));
  say(left.links > 0, () => w().linksLeft(count(left.links), count(left.relations)));
  say(left.companies > 0, () => w().filtered(count(left.companies)));
  say(left.suppliers_beyond, () => w().beyondSuppliers, { href: changed({ suppliers: String(state.suppliers + 1) }), text: w().oneMore });
  say(left.customers_beyond, () => w().beyondCustomers, { href: changed({ customers: String(state.customers + 1) }), text: w().oneMore });
  say(!state.list && within > 0, () => w().within(count(within)));
  say(data.stopped_because === "deadline", () => w().stopped);
  return out;
}

export function Said({ data, state }: { data: ChainAnswer; state: ChainState }) {
  return <ul class="said">{remarks(data, state).map((r) => <li key={r.text}>{r.text} {r.more && <a href={r.more.href}>{r.more.text}</a>}</li>)}</ul>;
}
