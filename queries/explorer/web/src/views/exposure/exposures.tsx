// Ranked exposures: how much hangs on each company, country or product upstream, at least and at most.
import type { ExposureAnswer, ExposureRow, Interval } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, changed } from "../../app/address";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { countryName, nameOf } from "../../ui/names";
import { count, ShareBar } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Table, type Column } from "../../ui/table";
import { Cause } from "./cause";
import { CompanyCell } from "./parts";
import { Longer, patience } from "./patience";

const w = words({
  en: {
    companies: "Companies", countries: "Countries", products: "Products", over: "Ranked are", name: { companies: "Company", countries: "Country", products: "Product" },
    all: (n: number) => `all ${n}`, tier: "Tier", loss: "Loss if it stops", lossHint: "What part of its output the company loses if this stops, at least and at most", flow: "Share of intake", flowHint: "What part of what the company takes in comes from here, directly or through others",
    inputs: "Inputs reached", inputsHint: "How many of the products that the company buys this reaches", lines: "Lines hit", linesHint: "How many of the company's production lines lose something, or may", of: (n: number, m: number) => `${n} of ${m}`,
    nothing: "Nobody is documented upstream.",
    open: (n: number, all: number) => `For ${count(n)} of ${count(all)} nothing documented narrows the loss: it may be anything from none to all. These stand in the order of the lines and inputs that they reach. What would narrow the loss stands behind each row.`,
  },
  zh: {
    companies: "公司", countries: "国家/地区", products: "产品", over: "排名对象", name: { companies: "公司", countries: "国家/地区", products: "产品" },
    all: (n: number) => `全部 ${n}`, tier: "层级", loss: "停供损失", lossHint: "若其停供，本公司产出至少及至多损失的比例", flow: "采购来源占比", flowHint: "本公司采购中直接或间接来自该处的比例",
    inputs: "波及投入品", inputsHint: "本公司采购的产品中受其影响的数量", lines: "受影响产线", linesHint: "本公司会损失或可能损失产出的产线数量", of: (n: number, m: number) => `${n} / ${m}`,
    nothing: "尚无上游记录。",
    open: (n: number, all: number) => `${count(all)} 项中有 ${count(n)} 项的损失未被任何资料收窄：可能为零，也可能为全部。这些项按受影响的产线和投入品数量排列；展开各行可见何种事实能收窄区间。`,
  },
});

export type Over = "companies" | "countries" | "products";
const overs: readonly Over[] = ["companies", "countries", "products"];

export function overWanted(): Over {
  return overs.find((o) => o === address.value.params.get("over")) ?? "companies";
}

/** As many rows as one answer has at first; the rest is asked for. */
const most = 200;

export function Exposures({ id }: { id: string }) {
  const over = overWanted();
  const limit = Number(address.value.params.get("most")) || most;
  const asked = useAnswer(`exposure ${id} ${over} ${limit} ${scopeKey()} ${JSON.stringify(patience())}`, (signal) => answer(api.GET("/v1/companies/{id}/exposure", { params: { path: { id }, query: { ...scope(), over, limit, paths: 0, ...patience() } }, signal })));
  return (
    <>
      <nav class="choices" aria-label={w().over}>{overs.map((o) => <a key={o} href={changed({ over: o === "companies" ? "" : o, exposures_row: "" })} aria-current={o === over ? "true" : undefined}>{w()[o]}</a>)}</nav>
      <Answered asked={asked}>{(data) => <Ranked id={id} over={over} of={data} />}</Answered>
    </>
  );
}

function Ranked({ id, over, of }: { id: string; over: Over; of: ExposureAnswer }) {
  if (of.items.length === 0) return of.complete ? <p>{w().nothing}</p> : <><Incomplete of={of} shown={0} /><Longer of={of} /><Basis of={of} /></>;
  const open = of.items.filter((row) => unknown(row.loss_if_stopped)).length;
  return (
    <>
      {open > 0 && <p class="hint">{w().open(open, of.items.length)}</p>}
      <Table name="exposures" label={w()[over]} rows={of.items} columns={columns(over, of.items)} id={(row) => row.id} ranked compare={usual} open={(row) => <Cause row={row} of={of.company} id={id} />} />
      <Incomplete of={of} shown={of.items.length} />
      <Longer of={of} />
      {!of.complete && of.items.length < 1000 && <p><a class="button" href={changed({ most: Math.min(1000, of.items.length * 5) })}>{count(Math.min(1000, of.total ?? 1000))}</a></p>}
      <Basis of={of} />
    </>
  );
}

function columns(over: Over, rows: readonly ExposureRow[]): Column<ExposureRow>[] {
  const lines = Math.max(...rows.map((row) => row.lines.length));
  return [
    { key: "name", head: w().name[over], main: true, cell: (row) => row.kind === "country" ? countryName(row.id) : row.kind === "product" ? nameOf(row) : <CompanyCell of={row} country={row.country} /> },
    { key: "tier", head: w().tier, number: true, cell: (row) => row.tier, compare: (a, b) => a.tier - b.tier },
    { key: "loss", head: w().loss, hint: w().lossHint, cell: (row) => <ShareBar value={row.loss_if_stopped} />, compare: (a, b) => lossOrder(a.loss_if_stopped, b.loss_if_stopped) },
    { key: "flow", head: w().flow, hint: w().flowHint, cell: (row) => <ShareBar value={row.flow_exposure} />, compare: (a, b) => lossOrder(a.flow_exposure, b.flow_exposure) },
    { key: "inputs", head: w().inputs, hint: w().inputsHint, number: true, cell: (row) => count(row.inputs.length), compare: (a, b) => b.inputs.length - a.inputs.length },
    ...(lines > 0 ? [{ key: "lines", head: w().lines, hint: w().linesHint, number: true, cell: (row: ExposureRow) => (row.lines.length ? w().of(hit(row), row.lines.length) : none(row.loss_if_stopped) ? "–" : w().all(lines)), compare: (a: ExposureRow, b: ExposureRow) => compareNumbers(hit(b), hit(a)) }] : []),
  ];
}

/** The lines that lose, or may; where lines are not told apart, all of them lose alike. */
const hit = (row: ExposureRow) => (row.lines.length ? row.lines.filter((line) => (line.loss_if_stopped?.high ?? 1) > 0).length : none(row.loss_if_stopped) ? 0 : Infinity);
const none = (x: Interval | null) => x !== null && x.high <= 0;
const unknown = (x: Interval | null) => !x || (x.low <= 0 && x.high >= 1);
const lossOrder = (a: Interval | null, b: Interval | null) => (b?.low ?? 0) - (a?.low ?? 0) || (b?.high ?? 1) - (a?.high ?? 1);

/** The order of the answer; what may lose anything comes by how much of the company it reaches. */
function usual(a: ExposureRow, b: ExposureRow): number {
  return lossOrder(a.loss_if_stopped, b.loss_if_stopped) || lossOrder(a.flow_exposure, b.flow_exposure) || compareNumbers(hit(b), hit(a)) || b.inputs.length - a.inputs.length || a.tier - b.tier;
}

const compareNumbers = (a: number, b: number) => (a === b ? 0 : a - b);
