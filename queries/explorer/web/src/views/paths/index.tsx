// The ways that goods take from one company to another, side by side.
import { answer, api } from "../../api/client";
import type { PathsAnswer } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { address, change, changed } from "../../app/address";
import { CompanyPicker } from "../../ui/companypicker";
import { Basis, Incomplete } from "../../ui/complete";
import { Download, saveBlob } from "../../ui/export";
import { nameOf } from "../../ui/names";
import { scope, ScopeFilters } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { asCSV } from "./csv";
import "./paths.css";
import { Way } from "./way";
import { w } from "./words";

const some = 3;
const numbers = [1, 2, 3, 5, 10, 20];
const lengths = [1, 2, 3, 4, 5, 6, 8, 10];

/** The question that the address asks. */
function question() {
  const { params } = address.value;
  const k = Number(params.get("k"));
  const hops = Number(params.get("max_hops"));
  return {
    from: params.get("from") ?? "", to: params.get("to") ?? "", k: Number.isInteger(k) && k >= 1 && k <= 100 ? k : some, evidence: false,
    ...(Number.isInteger(hops) && hops >= 1 && hops <= 100 && { max_hops: hops }),
    ...(params.get("relations") === "supplies,owns" && { relations: ["supplies", "owns"] as ("supplies" | "owns")[] }),
    ...scope(),
  };
}

export function PathsView() {
  const q = question();
  const asking = q.from && q.to && q.from !== q.to;
  const asked = useAnswer(asking ? "paths " + JSON.stringify(q) : "", (signal) => answer(api.GET("/v1/paths", { params: { query: q }, signal })));
  return (
    <section class="paths">
      <h1>{w().title}</h1>
      {!asking && <p class="lead">{w().lead}</p>}
      <Form q={q} />
      {q.from && q.from === q.to && <p class="note" role="status">{w().same}</p>}
      {asking && <Answered asked={asked}>{(data) => (data.paths.length > 0 ? <Ways data={data} q={q} /> : <None data={data} q={q} />)}</Answered>}
    </section>
  );
}

type Question = ReturnType<typeof question>;

function Form({ q }: { q: Question }) {
  return (
    <form class="path-form" onSubmit={(e) => e.preventDefault()}>
      <CompanyPicker label={w().from} value={q.from} onTake={(from) => change({ from, relation: null })} />
      <button type="button" class="swap" aria-label={w().swap} title={w().swap} onClick={() => change({ from: q.to, to: q.from, relation: null })}>⇄</button>
      <CompanyPicker label={w().to} value={q.to} onTake={(to) => change({ to, relation: null })} />
      <label>{w().ways}<select value={q.k} onChange={(e) => change({ k: e.currentTarget.value })}>{[...new Set([...numbers, q.k])].sort((a, b) => a - b).map((n) => <option key={n} value={n}>{n}</option>)}</select></label>
      <label>{w().maxHops}<select value={q.max_hops ?? ""} onChange={(e) => change({ max_hops: e.currentTarget.value })}><option value="">{w().anyLength}</option>{[...new Set([...lengths, ...(q.max_hops ? [q.max_hops] : [])])].sort((a, b) => a - b).map((n) => <option key={n} value={n}>{n}</option>)}</select></label>
      <label>{w().follow}<select value={q.relations ? "supplies,owns" : ""} onChange={(e) => change({ relations: e.currentTarget.value })}><option value="">{w().supplies}</option><option value="supplies,owns">{w().both}</option></select></label>
      <ScopeFilters />
    </form>
  );
}

function Ways({ data, q }: { data: PathsAnswer; q: Question }) {
  const name = `paths-${data.from.id}-${data.to.id}`;
  return (
    <>
      <div class="ways-head">
        <h2>{w().found(data.paths.length, nameOf(data.from), nameOf(data.to))}</h2>
        <span class="actions">
          <button type="button" onClick={() => saveBlob(new Blob([asCSV(data)], { type: "text/csv;charset=utf-8" }), name + ".csv")}>{w().csv}</button>
          <Download path="/v1/paths" query={{ ...q, evidence: true }} name={name + ".json"}>{w().json}</Download>
        </span>
      </div>
      <details class="means"><summary>{w().independentWhat}</summary><p>{w().independentText}</p></details>
      <div class="ways">{data.paths.map((path, i) => <Way key={path.companies.join("~")} data={data} path={path} number={i + 1} />)}</div>
      {data.stopped_because === "limit" ? <p><a class="button" href={changed({ k: Math.min(100, q.k + 5) })}>{w().more5}</a></p> : <Incomplete of={data} shown={data.paths.length} />}
      <Basis of={data} />
    </>
  );
}

/** Says that there is no way, and what to try. */
function None({ data, q }: { data: PathsAnswer; q: Question }) {
  const ideas: [string, string][] = [[w().trySwap, changed({ from: q.to, to: q.from })]];
  if (!q.relations) ideas.push([w().tryOwns, changed({ relations: "supplies,owns" })]);
  if (q.max_hops) ideas.push([w().tryHops, changed({ max_hops: null })]);
  if (q.as_of !== "any") ideas.push([w().tryDate, changed({ as_of: "any" })]);
  if (q.min_confidence) ideas.push([w().tryConfidence, changed({ min_confidence: null })]);
  return (
    <div class="note" role="status">
      <p>{w().none(nameOf(data.from), nameOf(data.to))}</p>
      <p>{w().tryThese}:</p>
      <ul>{ideas.map(([text, to]) => <li key={text}><a href={to}>{text}</a></li>)}</ul>
    </div>
  );
}
