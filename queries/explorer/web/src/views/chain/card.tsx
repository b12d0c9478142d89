// What is selected: a company or a group with its links, or the relations between two.
import { useState } from "preact/hooks";
import type { ChainAnswer, ChainLink, ChainNode } from "../../api/schema";
import { change, changed, link } from "../../app/address";
import { titleOf } from "../../chart/labels";
import { count } from "../../ui/numbers";
import { countryName, nameOf, otherName } from "../../ui/names";
import { groupKey } from "./state";
import { companies, productsOf, relationsOf, shareWords, tierTitle } from "./tell";
import { w } from "./words";

export interface CardProps {
  readonly data: ChainAnswer;
  readonly open: readonly string[];
}

export function NodeCard({ node, data, open }: CardProps & { node: ChainNode }) {
  const byId = new Map(data.nodes.map((n) => [n.id, n]));
  const facts = [
    node.kind === "group" ? companies(node.companies ?? 0) : node.country && countryName(node.country),
    node.sector,
    [tierTitle(node.tier), ...node.other_tiers.map((t) => `${w().alsoTier} ${tierTitle(t)}`)].join(", "),
  ].filter(Boolean);
  return (
    <aside class="panel chain-card" aria-label={w().selectedTitle}>
      <CardHead title={titleOf(node)} other={otherName(node)} onClose={{ select: "" }} />
      <p class="facts">{facts.join(" · ")}</p>
      {node.kind === "company" && <p><a class="button" href={link(["company", node.id, "chain"])}>{w().openCompany}</a></p>}
      {node.kind === "group" && <p><button type="button" onClick={() => change({ open: [...open, groupKey(node)], select: "" })}>{w().openGroup}</button></p>}
      <Links title={w().buysFrom} links={data.links.filter((l) => l.to === node.id)} other={(l) => byId.get(l.from)} />
      <Links title={w().sellsTo} links={data.links.filter((l) => l.from === node.id)} other={(l) => byId.get(l.to)} />
    </aside>
  );
}

export function PairCard({ of, data, open }: CardProps & { of: ChainLink }) {
  const [from, to] = [of.from, of.to].map((id) => data.nodes.find((n) => n.id === id));
  if (!from || !to) return null;
  const groups = [from, to].filter((n) => n.kind === "group");
  return (
    <aside class="panel chain-card" aria-label={w().selectedTitle}>
      <CardHead title={`${titleOf(from)} → ${titleOf(to)}`} onClose={{ pair: "" }} />
      <p class="facts">{[w().relations(count(of.relations)), productsOf(of)].join(" · ")}</p>
      {groups.length === 0 ? <Relations of={of} /> : (
        <>
          <p>{w().inGroup}</p>
          {groups.map((g) => <p key={g.id}><button type="button" onClick={() => change({ open: [...open, groupKey(g)], pair: "" })}>{w().openGroup}: {titleOf(g)}</button></p>)}
        </>
      )}
    </aside>
  );
}

function CardHead({ title, other, onClose }: { title: string; other?: string; onClose: Record<string, string> }) {
  return (
    <header>
      <h2>{title}{other && <> <small>{other}</small></>}</h2>
      <button type="button" class="close" aria-label={w().close_} onClick={() => change(onClose, true)}>×</button>
    </header>
  );
}

/** Each relation of a link leads to its evidence. */
export function Relations({ of }: { of: ChainLink }) {
  const list = relationsOf(of);
  const more = of.relations - list.length;
  return (
    <ul class="relations">
      {list.map((r) => <li key={r.id}><a href={changed({ relation: r.id })}>{r.product ? nameOf(r.product) : w().noProduct}</a></li>)}
      {more > 0 && <li>{w().moreProducts(count(more))}</li>}
    </ul>
  );
}

const few = 12;

function Links({ title, links, other }: { title: string; links: readonly ChainLink[]; other: (l: ChainLink) => ChainNode | undefined }) {
  const [all, showAll] = useState(false);
  if (links.length === 0) return null;
  const ranked = [...links].sort((a, b) => (b.share?.low ?? 0) - (a.share?.low ?? 0) || b.relations - a.relations);
  return (
    <section>
      <h3>{title} <small>{count(links.length)}</small></h3>
      <ul class="links">
        {ranked.slice(0, all ? undefined : few).map((l) => {
          const node = other(l);
          return node && (
            <li key={l.from + "\n" + l.to}>
              <div><button type="button" class="plain" onClick={() => change({ select: node.id, pair: "" }, true)}>{titleOf(node)}</button>{l.share && <small class="number">{shareWords(l.share)}</small>}</div>
              {node.kind === "company" && !l.from.startsWith("group:") && !l.to.startsWith("group:") ? <Relations of={l} /> : <small>{w().relations(count(l.relations))} · {productsOf(l)}</small>}
            </li>
          );
        })}
      </ul>
      {!all && links.length > few && <button type="button" class="plain" onClick={() => showAll(true)}>{w().allOf(count(links.length))}</button>}
    </section>
  );
}
