// Chokepoints: where all depends on one company, by the four kinds that mean different things.
import type { Alternative, ChokepointsAnswer, MustPassRow, Ref, RouteRow, SoleSourceRow, StopRow } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, change, changed } from "../../app/address";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { countryName, nameOf } from "../../ui/names";
import { count, percent, ShareBar, share } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Evidence, Table, type Column } from "../../ui/table";
import { CompanyCell, CompanyList, names, productName, Ways } from "./parts";

const w = words({
  en: {
    kind: "Kind of chokepoint", sole_sources: "Only source", routes: "Only route", must_pass: "On every route", stops: "Stops a line",
    about: {
      sole_sources: "The only documented supplier of an input, or one that is stated to supply all of it.",
      routes: "All documented routes from some other companies pass this one: without it they no longer reach the company.",
      must_pass: "Every documented route passes this company, from wherever the documentation ends.",
      stops: "If this company alone stops, a production line stops, for certain or perhaps.",
    },
    product: "Only what comes as", every: "any product", company: "Company", tier: "Tier", supplies: "Supplies", to: (b: string) => `to ${b}`,
    seen: "Suppliers documented", complete: "complete list", alone: "Companies behind it alone", share: "Share of the input", stated: "stated to be the only one", documented: "only one documented",
    all: "everything", brings: "Of what it brings", line: "Lines that stop, or may", loss: "Loss of the company", certain: (n: number) => `${n} for certain`, perhaps: (n: number) => `${n} perhaps`,
    short: "Alternatives", alternatives: "Other makers and suppliers", noAlternatives: "Nobody else is documented to make or supply it.", notLooked: "Alternatives were not looked for: the relation states no product.", more: (n: number) => `and ${n} more`,
    match: { same: "the same product", kind: "a kind of it", broader: "what it is a kind of" }, how: { makes: "makes", supplies: "supplies" }, market: (x: string) => `market share ${x}`,
    perhaps_also: (list: string) => `May bring it too: ${list}.`, isEnd: "What is documented ends here: routes that start here pass it as a matter of course.", byProduct: "By what it brings", none: "None is documented.",
    end: (companies: number, loops: number) => `What is documented ends at ${count(companies)} companies${loops ? ` and ${count(loops)} loops` : ""}.`, tried: (n: number) => `${count(n)} companies were stopped, one at a time.`, details: "Details", evidence: "Relation", confidence: "confidence",
  },
  zh: {
    kind: "瓶颈类型", sole_sources: "唯一来源", routes: "唯一路径", must_pass: "必经之处", stops: "可致停线",
    about: {
      sole_sources: "某投入品唯一有记录的供应商，或被声明供应其全部。",
      routes: "另一些公司的所有已记录路径都经过该公司：没有它，便无法到达本公司。",
      must_pass: "无论记录从何处开始，所有已记录的路径都经过该公司。",
      stops: "仅该公司停供，就会（或可能）导致某条产线停产。",
    },
    product: "仅看以此产品到达的", every: "所有产品", company: "公司", tier: "层级", supplies: "供应", to: (b: string) => `供给${b}`,
    seen: "有记录的供应商", complete: "名单完整", alone: "仅由其通达的公司", share: "占该投入品份额", stated: "被声明为唯一", documented: "仅此一家有记录",
    all: "全部", brings: "所带来的产品", line: "会停或可能停的产线", loss: "公司损失", certain: (n: number) => `${n} 条必停`, perhaps: (n: number) => `${n} 条可能停`,
    short: "替代者", alternatives: "其他生产商与供应商", noAlternatives: "没有其他公司生产或供应该产品的记录。", notLooked: "该关系未注明产品，未查找替代者。", more: (n: number) => `另有 ${n} 家`,
    match: { same: "同一产品", kind: "其细分品类", broader: "其上级品类" }, how: { makes: "生产", supplies: "供应" }, market: (x: string) => `市场份额 ${x}`,
    perhaps_also: (list: string) => `可能同样供应：${list}。`, isEnd: "记录至此为止：由此出发的路径自然经过它。", byProduct: "按带来的产品", none: "没有相关记录。",
    end: (companies: number, loops: number) => `记录终止于 ${count(companies)} 家公司${loops ? `及 ${count(loops)} 个循环` : ""}。`, tried: (n: number) => `已逐一假设 ${count(n)} 家公司停供。`, details: "详情", evidence: "关系", confidence: "置信度",
  },
});

const kinds = ["sole_sources", "routes", "must_pass", "stops"] as const;
type Kind = (typeof kinds)[number];
type Row = RouteRow | MustPassRow | SoleSourceRow | StopRow;

export function Chokepoints({ id }: { id: string }) {
  const product = address.value.params.get("product") ?? "";
  const ask = (only: string) => (signal: AbortSignal) => answer(api.GET("/v1/companies/{id}/chokepoints", { params: { path: { id }, query: { ...scope(), limit: 200, ...(only && { product: only }) } }, signal }));
  const whole = useAnswer(`chokepoints ${id}  ${scopeKey()}`, ask(""));
  const part = useAnswer(product && `chokepoints ${id} ${product} ${scopeKey()}`, ask(product));
  return <Answered asked={product ? part : whole}>{(data) => <Kinds id={id} of={data} products={productsIn(whole.data)} product={product} />}</Answered>;
}

function productsIn(of: ChokepointsAnswer | undefined): Ref[] {
  const found = new Map<string, Ref>();
  for (const row of of?.routes?.items ?? []) for (const p of row.by_product) if (p.product) found.set(p.product.id, p.product);
  for (const row of of?.must_pass?.items ?? []) for (const p of row.products) if (p) found.set(p.id, p);
  for (const row of of?.sole_sources?.items ?? []) if (row.product && row.tier === 1) found.set(row.product.id, row.product);
  return [...found.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function Kinds({ id, of, products, product }: { id: string; of: ChokepointsAnswer; products: readonly Ref[]; product: string }) {
  const wanted = kinds.find((k) => k === address.value.params.get("kind"));
  const kind = wanted ?? kinds.find((k) => (of[k]?.items.length ?? 0) > 0) ?? "sole_sources";
  const list = of[kind];
  const rows: readonly Row[] = list?.items ?? [];
  return (
    <>
      <div class="choose">
        <nav class="choices" aria-label={w().kind}>{kinds.map((k) => <a key={k} href={changed({ kind: k, choke_row: "", choke_sort: "" })} aria-current={k === kind ? "true" : undefined}>{w()[k]} <span class="n">{of[k]?.total ?? of[k]?.items.length ?? "–"}</span></a>)}</nav>
        {products.length > 0 && (
          <label>{w().product}
            <select value={product} onChange={(e) => change({ product: e.currentTarget.value })}>
              <option value="">{w().every}</option>
              {products.map((p) => <option key={p.id} value={p.id}>{nameOf(p)}</option>)}
            </select>
          </label>
        )}
      </div>
      <p class="quiet">{w().about[kind]} {kind === "must_pass" && of.ends && w().end(of.ends.companies, of.ends.loops)} {kind === "stops" && of.stops && w().tried(of.stops.tried)}</p>
      {rows.length === 0 ? <p>{w().none}</p> : <Table name="choke" label={w()[kind]} rows={rows} columns={columns(kind, of.company.id)} id={rowId} ranked first={10} open={(row) => <Behind row={row} id={id} />} openWord={w().details} />}
      {list && <Incomplete of={list} shown={rows.length} />}
      <Basis of={of} />
    </>
  );
}

const rowId = (row: Row) => row.relation + " " + row.id;

function columns(kind: Kind, company: string): Column<Row>[] {
  const who: Column<Row>[] = [
    { key: "name", head: w().company, main: true, cell: (row) => <CompanyCell of={row} country={row.country} /> },
    { key: "tier", head: w().tier, number: true, cell: (row) => row.tier, compare: (a, b) => a.tier - b.tier },
    { key: "supplies", head: w().supplies, cell: (row) => <><Evidence relation={row.relation}>{productName(row.product)}</Evidence> {row.buyer.id !== company && <small>{w().to(nameOf(row.buyer))}</small>}</> },
  ];
  const seen: Column<Row> = { key: "seen", head: w().seen, number: true, cell: (row) => <>{row.suppliers_seen} {row.list_complete && <small>{w().complete}</small>}</> };
  switch (kind) {
    case "sole_sources":
      return [...who, { key: "share", head: w().share, cell: (row) => "share" in row && <ShareBar value={row.share} text={row.share && (row.share.low > 0 || row.share.high < 1) ? share(row.share) : row.basis === "sole_stated" ? w().stated : w().documented} /> }, seen, others];
    case "routes":
      return [...who, { key: "alone", head: w().alone, number: true, cell: (row) => ("alone" in row ? count(row.alone) : ""), compare: (a, b) => ("alone" in a && "alone" in b ? b.alone - a.alone : 0) }, seen, others];
    case "must_pass":
      return [...who, { key: "brings", head: w().brings, cell: (row) => "everything" in row && (row.everything ? w().all : row.products.map((p) => productName(p)).join(", ")) }, seen, others];
    case "stops":
      return [...who, { key: "lines", head: w().line, cell: (row) => "lines" in row && linesWords(row), compare: (a, b) => ("lines" in a && "lines" in b ? b.lines.length - a.lines.length : 0) }, { key: "loss", head: w().loss, cell: (row) => "company_loss" in row && <ShareBar value={row.company_loss} /> }, others];
  }
}

const others: Column<Row> = { key: "alternatives", get head() { return w().short; }, number: true, cell: (row) => row.alternatives_total ?? "–", compare: (a, b) => (a.alternatives_total ?? 0) - (b.alternatives_total ?? 0) };

function linesWords(row: StopRow): string {
  const certain = row.lines.filter((line) => line.stops).length;
  return [certain > 0 && w().certain(certain), row.lines.length > certain && w().perhaps(row.lines.length - certain)].filter(Boolean).join(", ");
}

function Behind({ row, id }: { row: Row; id: string }) {
  return (
    <div class="cause">
      {"is_end" in row && row.is_end && <p>{w().isEnd}</p>}
      <div class="cause-columns">
        {"by_product" in row && row.by_product.length > 0 && (
          <div>
            <h3>{w().byProduct}</h3>
            <table class="small">
              <thead><tr><th scope="col">{w().brings}</th><th scope="col" class="number">{w().alone}</th><th scope="col" class="number">{w().seen}</th></tr></thead>
              <tbody>{row.by_product.map((p) => <tr key={p.product?.id ?? ""}><td>{productName(p.product)}</td><td class="number">{count(p.alone)}</td><td class="number">{p.suppliers_seen}</td></tr>)}</tbody>
            </table>
          </div>
        )}
        {"lines" in row && <div><h3>{w().line}</h3><ul class="lines">{row.lines.map((line) => <li key={line.product?.id ?? ""}><span>{productName(line.product)}</span><ShareBar value={line.loss} /></li>)}</ul></div>}
        <div>
          <h3>{w().evidence}</h3>
          <p><Evidence relation={row.relation}>{nameOf(row)} → {nameOf(row.buyer)} ({productName(row.product)})</Evidence>, {w().confidence} {percent(row.confidence)}</p>
          {"perhaps_also" in row && row.perhaps_also.length > 0 && <p>{w().perhaps_also(names(row.perhaps_also))}</p>}
          <h3>{w().alternatives}</h3>
          <Alternatives of={row.alternatives} total={row.alternatives_total} />
        </div>
      </div>
      <Ways from={row.id} to={id} />
    </div>
  );
}

function Alternatives({ of, total }: { of: readonly Alternative[]; total: number | null }) {
  if (of.length === 0) return <p>{total === null ? w().notLooked : w().noAlternatives}</p>;
  return (
    <ul class="lines">
      {of.map((a) => <li key={a.id + a.product.id}><span><CompanyList of={[a]} /> {a.country && <small>{countryName(a.country)}</small>}</span><small>{w().how[a.how]} {productName(a.product)} ({w().match[a.match]}){a.market_share && `, ${w().market(share(a.market_share))}`}</small></li>)}
      {(total ?? 0) > of.length && <li>{w().more((total ?? 0) - of.length)}</li>}
    </ul>
  );
}
