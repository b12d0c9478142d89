// The chain of a company: suppliers from the left, tier by tier, the company in the middle, customers to the right.
import { useMemo, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { ChainAnswer, ChainLink, ChainNode } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { change, go } from "../../app/address";
import { colouring, type Colouring } from "../../chart/colours";
import { Flow } from "../../chart/flow";
import { Legend } from "../../chart/legend";
import type { Layout } from "../../chart/model";
import { nameOf } from "../../ui/names";
import { Answered, Warnings } from "../../ui/state";
import { NodeCard, PairCard } from "./card";
import { Chips, Filters } from "./filters";
import { ChainList } from "./list";
import { Said } from "./said";
import { Save } from "./save";
import { groupKey, pairOf, questionOf, readState, type ChainState } from "./state";
import { about, tierDetail, tierTitle } from "./tell";
import { Tip } from "./tip";
import { w } from "./words";
import "./chain.css";

export function ChainView({ id }: { id: string }) {
  const state = readState();
  const question = questionOf(state);
  const asked = useAnswer("chain " + id + JSON.stringify(question), (signal) => {
    performance.mark("asked");
    return answer(api.GET("/v1/companies/{id}/chain", { params: { path: { id }, query: question }, signal }));
  });
  return (
    <div class="chain">
      <Filters state={state} data={asked.data} />
      <Answered asked={asked}>{(data) => <Chain data={data} state={state} />}</Answered>
    </div>
  );
}

/** The colour of a country or sector that is kept lit: "*" and "?" are the others and what nobody states. */
function litColour(colours: Colouring, lit: string): number | null {
  if (!lit) return null;
  const at = colours.entries.find((e) => (lit === "*" || lit === "?" ? e.key === "" && e.mark === lit : e.key === lit));
  return at ? at.colour : null;
}

function Chain({ data, state }: { data: ChainAnswer; state: ChainState }) {
  const colours = useMemo(() => colouring(data.nodes, state.colour), [data, state.colour]);
  const [pointed, setPointed] = useState<number | null>(null);
  const kept = litColour(colours, state.lit);
  const lit = pointed ?? kept;
  const highlight = useMemo(() => (lit === null ? null : {
    node: (n: ChainNode) => n.tier === 0 || colours.of(n) === lit,
    link: (l: ChainLink) => colours.of(byId(data, l.from)!) === lit || (byId(data, l.from)?.tier === 0 && colours.of(byId(data, l.to)!) === lit),
  }), [lit, colours, data]);
  const layout = useRef<Layout | null>(null);
  const alone = data.nodes.length < 2;
  const selected = data.nodes.find((n) => n.id === state.selected);
  const pair = state.pair && data.links.find((l) => l.from === state.pair?.[0] && l.to === state.pair[1]);
  const name = nameOf(data.nodes.find((n) => n.tier === 0) ?? data.company);
  return (
    <>
      <div class="chain-bar">
        {!state.list && <Legend colours={colours} kept={kept} onPoint={setPointed} onKeep={(c) => change({ lit: c === null ? "" : litName(colours, c) })} />}
        <div class="chain-tools">
          {!state.list && <label>{w().colour} <select value={state.colour} onChange={(e) => change({ colour: e.currentTarget.value === "sector" ? "sector" : "", lit: "" })}>{(["country", "sector"] as const).map((c) => <option key={c} value={c}>{w().folds[c]}</option>)}</select></label>}
          <Save data={data} state={state} colours={colours} layout={() => layout.current} />
          <div class="switch" role="group" aria-label={w().view}>
            {([false, true] as const).map((list) => <button key={String(list)} type="button" aria-pressed={state.list === list} onClick={() => change({ show: list ? "list" : "picture" })}>{list ? w().list : w().picture}</button>)}
          </div>
        </div>
      </div>
      <Chips state={state} data={data} />
      {alone && <p class="note">{w().empty}</p>}
      <div class={selected || pair ? "chain-stage with-card" : "chain-stage"}>
        {state.list ? <ChainList data={data} open={state.open} /> : (
          <Flow nodes={data.nodes} links={data.links} colours={colours} label={w().chain(name)} heading={(tier) => ({ title: tierTitle(tier), detail: tier === 0 ? "" : tierDetail(data, tier) })}
            about={about} onLayout={(l) => { layout.current = l; }} selected={state.selected || undefined} highlight={highlight} tip={(l) => <Tip of={l} data={data} />}
            onSelect={(n) => change({ select: n?.id, pair: "" }, true)} onOpen={(n) => go(["company", n.id, "chain"])} onGroup={(n) => change({ open: [...state.open, groupKey(n)] })}
            onLink={(l) => change(l.relation ? { relation: l.relation, pair: "" } : { pair: pairOf(l.from, l.to), select: "" })} />
        )}
        {pair ? <PairCard of={pair} data={data} open={state.open} /> : selected && <NodeCard key={selected.id} node={selected} data={data} open={state.open} />}
      </div>
      <Said data={data} state={state} />
      <Warnings of={data.warnings} />
    </>
  );
}

function byId(data: ChainAnswer, id: string): ChainNode | undefined {
  let index = indexes.get(data);
  if (!index) indexes.set(data, (index = new Map(data.nodes.map((n) => [n.id, n]))));
  return index.get(id);
}

const indexes = new WeakMap<ChainAnswer, Map<string, ChainNode>>();

function litName(colours: Colouring, colour: number): string {
  const entry = colours.entries.find((e) => e.colour === colour);
  return entry?.key || entry?.mark || "";
}
