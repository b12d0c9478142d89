// What flows between countries, or sectors: a table of relations from group to group, and the groups with their companies.
import { useState } from "preact/hooks";
import type { FlowGroup, FlowsAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, changed } from "../../app/address";
import { words } from "../../app/settings";
import { Basis } from "../../ui/complete";
import { Csv } from "../../ui/export";
import { count } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Cell } from "./cell";
import { groupLink, groupName, others, type By } from "./groups";
import { Matrix } from "./matrix";
import { w as shared } from "./words";

const w = words({
  en: {
    title: { country: "Who supplies whom, by country", sector: "Who supplies whom, by sector" },
    lead: "Each cell counts the relations from the suppliers of its row to the buyers of its column. It is a count of what is documented, not of money.",
    by: "Group by", supplied: "Supplies", bought: "Buys", inside: "Within",
    groups: { country: "Companies by country", sector: "Companies by sector" }, nothing: "No supply relations hold under these conditions.",
  },
  zh: {
    title: { country: "按国家/地区：谁向谁供货", sector: "按行业：谁向谁供货" },
    lead: "每格为该行供应商向该列采购方供货的关系数。统计的是有记录的关系，而非金额。",
    by: "分组方式", supplied: "供出", bought: "购入", inside: "内部",
    groups: { country: "按国家/地区统计的公司", sector: "按行业统计的公司" }, nothing: "在此条件下没有有效的供应关系。",
  },
});

const top = 12;

export function Flows() {
  const by: By = address.value.params.get("by") === "sector" ? "sector" : "country";
  const query = { by, top, limit: 1000, ...scope() };
  const asked = useAnswer("flows " + by + scopeKey(), (signal) => answer(api.GET("/v1/flows", { params: { query }, signal })));
  return (
    <>
      <section class="flows" aria-labelledby="flows-title">
        <div class="network-head">
          <h2 id="flows-title">{w().title[by]}</h2>
          <nav class="choice" aria-label={w().by}>
            {(["country", "sector"] as const).map((b) => <a key={b} href={changed({ by: b === "country" ? null : b, from: null, to: null })} aria-current={b === by ? "true" : undefined}>{shared()[b]}</a>)}
          </nav>
          <Csv path="/v1/flows" query={{ by, limit: 1000, ...scope() }} name={`flows-${by}.csv`} />
        </div>
        <p class="about">{w().lead}</p>
        <Answered asked={asked}>{(a) => a.items.length === 0 ? <p class="note">{w().nothing}</p> : <><Matrix of={a} by={by} /><Cell by={by} top={top} /></>}</Answered>
      </section>
      <Answered asked={asked}>{(a) => <Groups of={a} by={by} />}</Answered>
    </>
  );
}

/** The groups with their companies: the largest, or all once they are wanted. */
function Groups({ of, by }: { of: FlowsAnswer; by: By }) {
  const [all, setAll] = useState(false);
  const more = of.folded > 0;
  const whole = useAnswer(all && more ? "flow groups " + by + scopeKey() : "", (signal) => answer(api.GET("/v1/flows", { params: { query: { by, limit: 1, ...scope() } }, signal })));
  const groups = [...(whole.data ?? of).groups].filter((g) => g.name !== others).sort((a, b) => b.companies - a.companies);
  return (
    <section aria-labelledby="groups-title">
      <h2 id="groups-title">{w().groups[by]}</h2>
      <table class="group-rows">
        <thead>
          <tr><th scope="col">{shared()[by]}</th><th scope="col" class="number">{shared().companies}</th><td class="bar-cell" /><th scope="col" class="number">{w().supplied}</th><th scope="col" class="number">{w().bought}</th><th scope="col" class="number">{w().inside}</th></tr>
        </thead>
        <tbody>{groups.map((g) => <GroupRow key={g.name} group={g} by={by} most={groups[0]?.companies ?? 1} />)}</tbody>
      </table>
      {more && <p><button type="button" aria-busy={whole.loading} onClick={() => setAll(!all)}>{all ? shared().fewer : shared().all(of.folded + of.groups.length - 1)}</button></p>}
      <Basis of={of} />
    </section>
  );
}

function GroupRow({ group, by, most }: { group: FlowGroup; by: By; most: number }) {
  const to = groupLink(by, group.name);
  const name = groupName(by, group.name);
  return (
    <tr>
      <th scope="row">{to ? <a href={to}>{name}</a> : <span class="unstated">{name}</span>}</th>
      <td class="number">{count(group.companies)}</td>
      <td class="bar-cell"><span class="bar" aria-hidden="true"><span style={{ width: `${(100 * group.companies) / most}%` }} /></span></td>
      <td class="number">{count(group.supplied)}</td>
      <td class="number">{count(group.bought)}</td>
      <td class="number">{count(group.inside)}</td>
    </tr>
  );
}
