// Who supplies a product to whom, relation by relation.
import type { ProductAnswer, ProductSupply } from "../../api/schema";
import { changed, link } from "../../app/address";
import { nameOf, type Named } from "../../ui/names";
import { count, percent, ShareBar } from "../../ui/numbers";
import { scopeParams } from "../../ui/scope";
import { Table, type Column } from "../../ui/table";
import { term } from "../../ui/terms";
import { ProductLink } from ".";
import { w } from "./words";

export function Supplies({ of }: { of: ProductAnswer }) {
  const { items, total, suppliers, buyers } = of.supplies;
  const ofKinds = items.some((s) => s.product.id !== of.id);
  return (
    <section>
      <h2>{w().supplies}</h2>
      {total === 0 ? <p class="facts">{w().noSupplies}</p> : (
        <>
          <p class="facts">{w().counted(count(total), count(suppliers), count(buyers))}</p>
          <Table name="supplies" label={w().supplies} rows={items} columns={columns(ofKinds)} id={(s) => s.relation} total={items.length} />
          {total > items.length && <p class="note incomplete" role="note">{w().cut(count(items.length), count(total))}</p>}
        </>
      )}
    </section>
  );
}

function Company({ of }: { of: Named }) {
  return <a href={link(["company", of.id], scopeParams())}>{nameOf(of)}</a>;
}

function columns(ofKinds: boolean): Column<ProductSupply>[] {
  return [
    { key: "supplier", head: w().supplier, main: true, cell: (s) => <Company of={s.supplier} /> },
    { key: "buyer", head: w().buyer, cell: (s) => <Company of={s.buyer} /> },
    ...(ofKinds ? [{ key: "product", head: w().product, cell: (s: ProductSupply) => <ProductLink of={s.product} /> }] : []),
    { key: "share", head: w().share, hint: w().shareHint, cell: (s) => <ShareBar value={s.share} />, compare: (a, b) => known(b) - known(a) },
    { key: "stage", head: w().stage, cell: (s) => term("stage", s.stage) },
    { key: "confidence", head: w().confidence, number: true, cell: (s) => percent(s.confidence), compare: (a, b) => b.confidence - a.confidence },
    { key: "evidence", head: w().evidence, cell: (s) => <a href={changed({ relation: s.relation })}>{w().evidence}</a> },
  ];
}

/** What is known for certain of a share comes first; then what may be most. */
function known(of: ProductSupply): number {
  return of.share ? of.share.low + of.share.high / 1000 : -1;
}
