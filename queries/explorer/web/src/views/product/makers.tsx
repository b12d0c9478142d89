// Who makes a product, and with what part of its market.
import type { ProductAnswer, ProductMaker } from "../../api/schema";
import { changed, link } from "../../app/address";
import { countryName, nameOf } from "../../ui/names";
import { count, percent, ShareBar } from "../../ui/numbers";
import { scopeParams } from "../../ui/scope";
import { Table, type Column } from "../../ui/table";
import { term } from "../../ui/terms";
import { ProductLink } from ".";
import { w } from "./words";

export function Makers({ of }: { of: ProductAnswer }) {
  const { items, total } = of.makers;
  const ofKinds = items.some((m) => m.product.id !== of.id);
  return (
    <section>
      <h2>{w().makers}</h2>
      {total === 0 ? <p class="facts">{w().noMakers}</p> : (
        <>
          {ofKinds && <p class="facts">{w().ofKinds}</p>}
          <Table name="makers" label={w().makers} rows={items} columns={columns(ofKinds)} id={(m) => m.relation} total={items.length} />
          {total > items.length && <p class="note incomplete" role="note">{w().cut(count(items.length), count(total))}</p>}
        </>
      )}
    </section>
  );
}

function columns(ofKinds: boolean): Column<ProductMaker>[] {
  return [
    { key: "company", head: w().maker, main: true, cell: (m) => <a href={link(["company", m.company.id], scopeParams())}>{nameOf(m.company)}</a> },
    ...(ofKinds ? [{ key: "product", head: w().makes, cell: (m: ProductMaker) => <ProductLink of={m.product} /> }] : []),
    { key: "market", head: w().market, cell: (m) => (m.market_share ? <><ShareBar value={m.market_share} />{m.market_share.period && <small class="period">{m.market_share.period}</small>}</> : <span class="quiet">{w().noShare}</span>) },
    { key: "country", head: w().country, cell: (m) => (m.country ? countryName(m.country) : <span class="quiet">{w().noShare}</span>) },
    { key: "stage", head: w().stage, cell: (m) => term("stage", m.stage) },
    { key: "confidence", head: w().confidence, number: true, cell: (m) => percent(m.confidence) },
    { key: "evidence", head: w().evidence, cell: (m) => <a href={changed({ relation: m.relation })}>{w().evidence}</a> },
  ];
}
