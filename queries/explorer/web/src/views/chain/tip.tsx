// What a link is about, beside the pointer.
import type { ChainAnswer, ChainLink } from "../../api/schema";
import { titleOf } from "../../chart/labels";
import { count, percent } from "../../ui/numbers";
import { nameOf } from "../../ui/names";
import { productsOf, shareWords } from "./tell";
import { w } from "./words";

export function Tip({ of, data }: { of: ChainLink; data: ChainAnswer }) {
  const name = (id: string) => {
    const node = data.nodes.find((n) => n.id === id);
    return node ? titleOf(node) : id;
  };
  const marks = [of.relations > 1 && w().relations(count(of.relations)), w().confidenceOf(percent(of.confidence)), of.disputed && w().disputed, of.denied && w().denied].filter(Boolean);
  return (
    <>
      <p><strong>{name(of.from)} → {name(of.to)}</strong></p>
      <p>{productsOf(of)}</p>
      {of.share && <p>{shareWords(of.share)} {of.share_product ? w().ofIntake(nameOf(of.share_product)) : w().ofIntakeAny}</p>}
      <p><small>{marks.join(" · ")}</small></p>
    </>
  );
}
