// The same picture as tables, a tier each: for phones and screen readers.
import { useState } from "preact/hooks";
import type { ChainAnswer, ChainLink, ChainNode } from "../../api/schema";
import { change, link } from "../../app/address";
import { titleOf } from "../../chart/labels";
import { count } from "../../ui/numbers";
import { countryName, otherName } from "../../ui/names";
import { Relations } from "./card";
import { groupKey } from "./state";
import { companies, productsOf, shareWords, tierDetail, tierTitle } from "./tell";
import { w } from "./words";

export function ChainList({ data, open }: { data: ChainAnswer; open: readonly string[] }) {
  const byId = new Map(data.nodes.map((n) => [n.id, n]));
  const links = new Map<string, ChainLink[]>();
  const note = (id: string, l: ChainLink) => {
    const list = links.get(id);
    if (list) list.push(l);
    else links.set(id, [l]);
  };
  for (const l of data.links) {
    if ((byId.get(l.from)?.tier ?? 0) < 0) note(l.from, l);
    if ((byId.get(l.to)?.tier ?? 0) > 0) note(l.to, l);
  }
  // From the company outwards: first what is nearest.
  const tiers = data.tiers.filter((t) => t.tier !== 0).sort((a, b) => Math.abs(a.tier) - Math.abs(b.tier) || a.tier - b.tier);
  return <div class="chain-list">{tiers.map((t) => <Tier key={t.tier} tier={t.tier} data={data} open={open} byId={byId} links={links} />)}</div>;
}

const few = 12;

function Tier({ tier, data, open, byId, links }: { tier: number; data: ChainAnswer; open: readonly string[]; byId: ReadonlyMap<string, ChainNode>; links: ReadonlyMap<string, readonly ChainLink[]> }) {
  const [all, showAll] = useState(false);
  const nodes = data.nodes.filter((n) => n.tier === tier);
  return (
    <section>
      <h2>{tierTitle(tier)} <small>{tierDetail(data, tier)}</small></h2>
      <table>
        <thead><tr><th scope="col">{w().name}</th><th scope="col">{w().country}</th><th scope="col">{tier < 0 ? w().supplies : w().buys}</th></tr></thead>
        <tbody>
          {nodes.slice(0, all ? undefined : few).map((n) => (
            <tr key={n.id}>
              <th scope="row">
                {n.kind === "company" ? <a href={link(["company", n.id, "chain"])}>{titleOf(n)}</a> : <button type="button" class="plain" aria-label={`${w().openGroup}: ${titleOf(n)}`} onClick={() => change({ open: [...open, groupKey(n)] })}>{titleOf(n)}</button>}
                {" "}<small>{n.kind === "group" ? companies(n.companies ?? 0) : otherName(n)}</small>
                {n.country && <small class="narrow">{countryName(n.country)}</small>}
              </th>
              <td>{n.country && countryName(n.country)}</td>
              <td><Ends of={links.get(n.id) ?? []} byId={byId} end={tier < 0 ? "to" : "from"} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && nodes.length > few && <button type="button" onClick={() => showAll(true)}>{w().allOf(count(nodes.length))}</button>}
    </section>
  );
}

function Ends({ of, byId, end }: { of: readonly ChainLink[]; byId: ReadonlyMap<string, ChainNode>; end: "from" | "to" }) {
  const [all, showAll] = useState(false);
  return (
    <ul class="ends">
      {of.slice(0, all ? undefined : 4).map((l) => {
        const other = byId.get(l[end]);
        const single = !l.from.startsWith("group:") && !l.to.startsWith("group:");
        return other && (
          <li key={l[end]}>
            {(other.tier !== 0 || of.length > 1) && <>{titleOf(other)}: </>}
            {single ? <Relations of={l} /> : <span class="products">{productsOf(l)}</span>}
            {l.share && <small class="number"> · {shareWords(l.share)}</small>}
          </li>
        );
      })}
      {!all && of.length > 4 && <li><button type="button" class="plain" onClick={() => showAll(true)}>{w().allOf(count(of.length))}</button></li>}
    </ul>
  );
}
