// What is in a cell of the table: the relations from one group of companies to another, each with its evidence.
import { useState } from "preact/hooks";
import type { FlowRelation } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, changed, link } from "../../app/address";
import { words } from "../../app/settings";
import { Csv } from "../../ui/export";
import { nameOf } from "../../ui/names";
import { count, percent } from "../../ui/numbers";
import { scope } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { term } from "../../ui/terms";
import { groupKey, groupLink, groupName, groupOfKey, type By } from "./groups";

const w = words({
  en: {
    title: (from: string, to: string) => `${from} to ${to}`, close: "Close", supplier: "Supplier", buyer: "Buyer", product: "Product", stage: "Stage", basis: "Basis", confidence: "Confidence",
    evidence: "Evidence", shown: (n: string, of: string) => `${n} of ${of} relations`, more: "Show more", none: "No relation holds from one to the other under these conditions.", companies: (of: string) => `All companies: ${of}`,
  },
  zh: {
    title: (from, to) => `${from} → ${to}`, close: "关闭", supplier: "供应方", buyer: "采购方", product: "产品", stage: "阶段", basis: "依据", confidence: "置信度",
    evidence: "来源", shown: (n, of) => `${n} / ${of} 条关系`, more: "显示更多", none: "在此条件下没有有效的关系。", companies: (of) => `全部公司：${of}`,
  },
});

const first = 12;

export function Cell({ by, top }: { by: By; top: number }) {
  const { params } = address.value;
  const from = params.get("from");
  const to = params.get("to");
  return from && to ? <Relations key={JSON.stringify([by, from, to])} by={by} top={top} from={from} to={to} /> : null;
}

function Relations({ by, top, from, to }: { by: By; top: number; from: string; to: string }) {
  const [limit, setLimit] = useState(first);
  const query = { by, top, from, to, ...scope() };
  const asked = useAnswer("flow " + JSON.stringify({ ...query, limit }), (signal) => answer(api.GET("/v1/flows/relations", { params: { query: { ...query, limit } }, signal })));
  const ends = [...new Set([from, to])].map(groupOfKey);
  return (
    <section class="panel cell" aria-labelledby="cell-title">
      <div class="network-head">
        <h3 id="cell-title">{w().title(groupName(by, groupOfKey(from)), groupName(by, groupOfKey(to)))}</h3>
        <Csv path="/v1/flows/relations" query={{ ...query, limit: 1000 }} name={`relations-${from}-${to}.csv`} />
        <a class="button" href={changed({ from: null, to: null })}>{w().close}</a>
      </div>
      <Answered asked={asked}>
        {(a) => a.items.length === 0 ? <p>{w().none}</p> : (
          <>
            <table class="cards">
              <thead><tr>{([w().supplier, w().buyer, w().product, w().stage, w().basis] as const).map((h) => <th key={h} scope="col">{h}</th>)}<th scope="col" class="number">{w().confidence}</th><th scope="col">{w().evidence}</th></tr></thead>
              <tbody>{a.items.map((r) => <Row key={r.relation} of={r} />)}</tbody>
            </table>
            <p class="more">
              {w().shown(count(a.items.length), count(a.total ?? a.items.length))}{" "}
              {!a.complete && limit < 1000 && <button type="button" onClick={() => setLimit(limit === first ? 200 : 1000)}>{w().more}</button>}
            </p>
          </>
        )}
      </Answered>
      <p>{ends.filter((g) => groupLink(by, g)).map((g) => <span key={groupKey(g)} class="cell-end"><a href={groupLink(by, g)}>{w().companies(groupName(by, g))}</a></span>)}</p>
    </section>
  );
}

function Row({ of }: { of: FlowRelation }) {
  return (
    <tr>
      <td><a href={link(["company", of.supplier.id])}>{nameOf(of.supplier)}</a></td>
      <td>{"→ "}<a href={link(["company", of.buyer.id])}>{nameOf(of.buyer)}</a></td>
      <td>{of.product && nameOf(of.product)}</td>
      <td class="stage">{term("stage", of.stage)}</td>
      <td>{term("basis", of.basis)}</td>
      <td class="number">{percent(of.confidence)}</td>
      <td><a href={changed({ relation: of.relation })}>{w().evidence}</a></td>
    </tr>
  );
}
