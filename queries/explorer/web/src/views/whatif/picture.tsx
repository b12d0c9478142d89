// The picture of a loss that spreads: the chain of the company with what each loses, or, without a company or where it
// is folded away, the chains along which the losses come.
import { useMemo, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { DisruptionAnswer } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { change, go } from "../../app/address";
import { colouring } from "../../chart/colours";
import { Flow } from "../../chart/flow";
import { Legend } from "../../chart/legend";
import type { Bounds, ChartLink, ChartNode, Layout } from "../../chart/model";
import { SavePicture } from "../../chart/save";
import { nameOf, type Named } from "../../ui/names";
import { scope } from "../../ui/scope";
import { tierTitle } from "../chain/tell";
import { namesOf } from "./choose";
import { fileName } from "./files";
import { useNames } from "./known";
import { caseParams, type Case } from "./scenario";
import { lossText, targetText } from "./tell";
import { w } from "./words";

interface Link extends ChartLink {
  readonly relation?: string;
  readonly what: string;
}

/** What each company may lose most. What stops comes last in a list, so that of a long one it is told by the chains. */
function lossesOf(a: DisruptionAnswer, of: Case): Map<string, Bounds> {
  const out = new Map<string, Bounds>();
  for (const r of a.items) {
    const loss = a.totals_after ? r.loss_after : r.loss;
    const was = out.get(r.id);
    if (loss && (!was || loss.high > was.high)) out.set(r.id, loss);
  }
  const most = 1 - Math.min(...of.stops.map((s) => s.capacity ?? 0));
  const told = a.items.filter((r) => r.path.length < toldHops);
  for (const r of told) {
    const first = r.path[0]?.from.id;
    if (first && !out.has(first)) out.set(first, { low: of.stops.length === 1 ? most : 0, high: most });
  }
  // Who stands on the way and is not listed loses something: nothing says how much.
  for (const r of told) for (const hop of r.path) if (!out.has(hop.to.id)) out.set(hop.to.id, { low: 0, high: 1 });
  return out;
}

/** How many chains are drawn where there is no company in the middle, and how long they are at most. */
const mostPaths = 60;
const mostHops = 8;
/** The answer tells at most so many hops of a chain, the last ones: one as long may begin earlier. */
const toldHops = 100;

/** The union of the chains of the rows; what stops stands in the first column. */
function ofPaths(a: DisruptionAnswer, focal?: string): { nodes: ChartNode[]; links: Link[]; paths: number } {
  const nodes = new Map<string, ChartNode>();
  const links = new Map<string, Link>();
  const of = new Map(a.items.map((r) => [r.id, r]));
  const rows = a.items.filter((r) => !r.hit && r.path.length <= mostHops && (!focal || r.id === focal)).slice(0, mostPaths);
  const place = (who: Named, tier: number) => {
    if (nodes.has(who.id)) return;
    const row = of.get(who.id);
    nodes.set(who.id, { id: who.id, name: who.name ?? who.id, name_zh: who.name_zh, kind: "company", tier, country: row?.country, sector: row?.sector });
  };
  for (const row of rows) {
    row.path.forEach((hop, i) => {
      place(hop.from, i + 1);
      place(hop.to, i + 2);
      const key = hop.from.id + "\n" + hop.to.id;
      if (!links.has(key)) links.set(key, { from: hop.from.id, to: hop.to.id, relation: hop.relation || undefined, what: hop.product ? nameOf(hop.product) : "" });
    });
  }
  return { paths: rows.length, nodes: [...nodes.values()], links: [...links.values()].map((l) => ({ ...l, within: (nodes.get(l.from)?.tier ?? 0) >= (nodes.get(l.to)?.tier ?? 0) })) };
}

export function Picture({ of, a, focal }: { of: Case; a: DisruptionAnswer; focal?: Named }) {
  const [only, setOnly] = useState(true);
  const [selected, setSelected] = useState<string>();
  const [pointed, setPointed] = useState<number | null>(null);
  const layout = useRef<Layout | null>(null);
  const name = useNames(namesOf(of));
  const losses = useMemo(() => lossesOf(a, of), [a, JSON.stringify(of.stops)]);
  const own = a.items.filter((r) => r.id === focal?.id);
  const depth = Math.min(6, Math.max(2, ...own.map((r) => r.path.length)));
  const query = { ...scope(), suppliers: depth, customers: 1, visible: 500 };
  const id = focal?.id ?? "";
  const chain = useAnswer(id && own.length > 0 ? "chain " + id + JSON.stringify(query) : "", (signal) => answer(api.GET("/v1/companies/{id}/chain", { params: { path: { id }, query }, signal })));
  const drawn = useMemo(() => {
    if (id && chain.data && chain.data.nodes.some((n) => n.id !== id && losses.has(n.id))) {
      const nodes = chain.data.nodes.filter((n) => !only || n.tier === 0 || losses.has(n.id));
      const ids = new Set(nodes.map((n) => n.id));
      const links = chain.data.links.filter((l) => ids.has(l.from) && ids.has(l.to)).map((l): Link => ({ ...l, what: l.products.map(nameOf).join(" · ") }));
      return { nodes: nodes as ChartNode[], links, paths: 0, chain: true };
    }
    return { ...ofPaths(a, own.length > 0 ? id || undefined : undefined), chain: false };
  }, [chain.data, only, losses, a, id]);
  const colours = useMemo(() => colouring(drawn.nodes, "country"), [drawn]);
  const highlight = useMemo(() => {
    if (pointed !== null) return { node: (n: ChartNode) => colours.of(n) === pointed };
    return only || !drawn.chain ? null : { node: (n: ChartNode) => n.tier === 0 || losses.has(n.id), link: (l: Link) => losses.has(l.from) && losses.has(l.to) };
  }, [pointed, only, drawn, colours, losses]);
  if ((id && own.length > 0 && !chain.data && !chain.failure) || drawn.nodes.length < 2) return null;
  const label = focal && own.length > 0 ? w().pictureOf(nameOf(focal)) : w().pictureAll;
  const heading = (tier: number) => ({ title: tier === 0 && focal ? nameOf(focal) : drawn.chain ? tierTitle(tier) : tier === 1 ? w().stoppedTier : w().tierOf(tier - 1), detail: "" });
  const notes = [
    ...(drawn.chain && !a.complete ? [w().notListed] : []),
    ...(!drawn.chain && !focal && drawn.paths < a.totals.companies.affected ? [w().drawn(drawn.paths)] : []),
  ];
  const sheet = () => layout.current && { layout: layout.current, colours, losses, heading, notes: [w().affectedNote.split(/(?<=[.。])/u)[0]!, ...notes],
    title: label, subtitle: [of.title, ...of.stops.map((s) => targetText(s, name))].filter(Boolean).join(" · ") };
  return (
    <section class="whatif-picture">
      <h2>{label}</h2>
      <div class="whatif-tools">
        <Legend colours={colours} kept={null} onPoint={setPointed} onKeep={() => undefined} />
        {drawn.chain && <label><input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} /> {w().onlyAffected}</label>}
        <SavePicture name={fileName(of)} sheet={sheet} />
      </div>
      {notes.map((text) => <p key={text} class="facts">{text}</p>)}
      <Flow nodes={drawn.nodes} links={drawn.links} colours={colours} label={label} losses={losses} selected={selected} highlight={highlight}
        heading={heading} onLayout={(l) => { layout.current = l; }}
        about={(n) => (losses.has(n.id) ? `${w().loss} ${lossText(losses.get(n.id))}` : "")} tip={(l) => <><p>{l.what}</p></>}
        onSelect={(n) => setSelected(n?.id)} onOpen={(n) => n.kind === "company" && go(["company", n.id, "whatif"], caseParams(of))} onLink={(l) => l.relation && change({ relation: l.relation })} />
    </section>
  );
}
