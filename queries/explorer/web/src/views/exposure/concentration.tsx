// Concentration: the Herfindahl-Hirschman index of each input, at least and at most, and who has which part.
import type { ComponentChildren } from "preact";
import type { ConcentrationAnswer, ConcentrationRow, Ref } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, changed, link } from "../../app/address";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { nameOf } from "../../ui/names";
import { count, share, ShareBar } from "../../ui/numbers";
import { scope, scopeKey, scopeParams } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Evidence, Table, type Column } from "../../ui/table";
import { asCountry, CompanyCell, productName } from "./parts";

const w = words({
  en: {
    by: "Added up by", supplier: "Suppliers", country: "Countries", product: "Products", input: "Input", cost: "All inputs, by cost", hhi: "Index (HHI)", hhiHint: "10,000 times the sum of the squared shares: 10,000 is one supplier alone, 1,000 ten of equal part",
    suppliers: "Suppliers", groups: { supplier: "Suppliers", country: "Countries", product: "Products" }, known: "Part that is known", notKnown: "not known", between: (a: string, b: string) => `${a} to ${b}`, any: "0 to 10,000: no share is stated",
    reason: "No cost share is stated, and without one products cannot be added up.", counted: (x: string) => `With every documented supplier counted alike it would be ${x}: that says nothing of volumes.`, list: "The list of suppliers is stated to be complete.", open: "There may be suppliers that nobody documented.",
    top: "Who has which part", group: "Of the whole", rest: "Not known whose", narrow: "What would narrow it", details: "Details", more: (n: number) => `and ${n} more`,
    gap: { share: (s: string) => `The share of ${s}`, spend: (s: string) => `The spend on ${s}`, dispute: (s: string) => `Which of the differing shares of ${s} is right`, country: (s: string) => `The country of ${s}`, list: () => "Whether there are other suppliers" },
    none: "No input is documented.",
  },
  zh: {
    by: "汇总方式", supplier: "按供应商", country: "按国家/地区", product: "按产品", input: "投入品", cost: "全部投入品（按成本）", hhi: "集中度指数 (HHI)", hhiHint: "各份额平方和乘以 10,000：10,000 表示独家供应，1,000 相当于十家均分",
    suppliers: "供应商数", groups: { supplier: "供应商", country: "国家/地区", product: "产品" }, known: "已知部分", notKnown: "未知", between: (a: string, b: string) => `${a} 至 ${b}`, any: "0 至 10,000：未注明任何份额",
    reason: "没有注明任何成本占比，无法将各产品汇总。", counted: (x: string) => `若所有有记录的供应商等量计算，指数为 ${x}；这并不反映采购量。`, list: "供应商名单已声明完整。", open: "可能另有未记录的供应商。",
    top: "份额分布", group: "占整体", rest: "归属未知", narrow: "查明何事可收窄区间", details: "详情", more: (n: number) => `另有 ${n} 项`,
    gap: { share: (s: string) => `${s}的份额`, spend: (s: string) => `对${s}的采购额`, dispute: (s: string) => `${s}的份额以何者为准`, country: (s: string) => `${s}所在国家/地区`, list: () => "是否另有供应商" },
    none: "没有投入品记录。",
  },
});

const bys = ["supplier", "country"] as const;

export function Concentration({ id }: { id: string }) {
  const by = bys.find((b) => b === address.value.params.get("by")) ?? "supplier";
  const asked = useAnswer(`concentration ${id} ${by} ${scopeKey()}`, (signal) => answer(api.GET("/v1/companies/{id}/concentration", { params: { path: { id }, query: { ...scope(), by, limit: 200 } }, signal })));
  return (
    <>
      <nav class="choices" aria-label={w().by}>{bys.map((b) => <a key={b} href={changed({ by: b === "supplier" ? "" : b })} aria-current={b === by ? "true" : undefined}>{w()[b]}</a>)}</nav>
      <Answered asked={asked}>{(data) => <Indices id={id} of={data} />}</Answered>
    </>
  );
}

function Indices({ id, of }: { id: string; of: ConcentrationAnswer }) {
  const rows = [...of.items].sort((a, b) => order(a) - order(b));
  if (rows.length === 0) return <p>{w().none}</p>;
  return (
    <>
      <Table name="hhi" label={w().hhi} rows={rows} columns={columns(of.by)} id={rowId} first={10} open={(row) => <Groups id={id} row={row} by={of.by} />} openWord={w().details} />
      <Incomplete of={of} shown={of.items.length} />
      <Basis of={of} />
    </>
  );
}

/** What is known best comes first, then what more suppliers share, then what cannot be told at all. */
function order(row: ConcentrationRow): number {
  return row.hhi ? (row.hhi.high - row.hhi.low) / 10_000 - row.suppliers / 1e6 : 2;
}

const rowId = (row: ConcentrationRow) => row.product?.id ?? row.of;
const round = (x: number) => count(Math.round(x));

function columns(by: ConcentrationAnswer["by"]): Column<ConcentrationRow>[] {
  return [
    { key: "input", head: w().input, main: true, cell: (row) => (row.of === "cost" ? w().cost : productName(row.product)) },
    { key: "hhi", head: w().hhi, hint: w().hhiHint, cell: (row) => <Index row={row} />, compare: (a, b) => (b.hhi?.low ?? -1) - (a.hhi?.low ?? -1) },
    { key: "known", head: w().known, cell: (row) => <ShareBar value={{ low: row.known, high: row.known }} /> },
    { key: "suppliers", head: w().suppliers, number: true, cell: (row) => count(row.suppliers), compare: (a, b) => a.suppliers - b.suppliers },
    ...(by === "supplier" ? [] : [{ key: "groups", head: w().groups[by], number: true, cell: (row: ConcentrationRow) => count(row.group_count) }]),
  ];
}

function Index({ row }: { row: ConcentrationRow }) {
  const x = row.hhi;
  if (!x) return <span class="quiet">{w().notKnown}</span>;
  const text = x.low <= 0 && x.high >= 10_000 ? w().any : round(x.low) === round(x.high) ? round(x.low) : w().between(round(x.low), round(x.high));
  return <ShareBar value={{ low: x.low / 10_000, high: x.high / 10_000 }} text={text} />;
}

function Groups({ id, row, by }: { id: string; row: ConcentrationRow; by: ConcentrationAnswer["by"] }) {
  const name = (of: Ref) => (by === "country" ? nameOf(asCountry(of)) : by === "supplier" && of.id ? <CompanyCell of={of} /> : productName(of));
  return (
    <div class="cause cause-columns">
      <div>
        {!row.hhi && <p>{w().reason}</p>}
        <h3>{w().top}</h3>
        <ul class="lines">
          {row.groups.map((g) => <li key={g.group.id}><span>{name(g.group)}</span><Behind id={id} row={row} group={g.group} by={by}><ShareBar value={g.share} /></Behind></li>)}
          {row.group_count > row.groups.length && <li>{w().more(row.group_count - row.groups.length)}</li>}
          {row.rest > 0 && <li><span class="quiet">{w().rest}</span><ShareBar value={{ low: 0, high: row.rest }} text={share({ low: row.rest, high: row.rest })} /></li>}
        </ul>
      </div>
      <div>
        <p>{row.list_complete ? w().list : w().open} {row.counted && w().counted(round(row.counted.low) === round(row.counted.high) ? round(row.counted.low) : w().between(round(row.counted.low), round(row.counted.high)))}</p>
        {row.gaps.length > 0 && (
          <>
            <h3>{w().narrow}</h3>
            <ul class="lines">
              {row.gaps.map((gap, i) => <li key={i}><Evidence relation={gap.relation}>{w().gap[gap.kind](gap.supplier ? nameOf(gap.supplier) : "")}</Evidence><small>{share({ low: 0, high: gap.at_stake })}</small></li>)}
              {row.gap_count > row.gaps.length && <li>{w().more(row.gap_count - row.gaps.length)}</li>}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

/** A group's share as a link to what it rests on: its relation where the answer names it, else the paths from the supplier, or the relations with the country. */
function Behind({ id, row, group, by, children }: { id: string; row: ConcentrationRow; group: Ref; by: ConcentrationAnswer["by"]; children: ComponentChildren }) {
  if (by !== "country" && !(by === "supplier" && group.id)) return <>{children}</>;
  const relation = by === "supplier" && row.gaps.find((gap) => gap.supplier?.id === group.id && gap.relation)?.relation;
  if (relation) return <Evidence relation={relation}>{children}</Evidence>;
  if (by === "supplier") return <a href={link(["paths"], { ...scopeParams(), from: group.id, to: id })}>{children}</a>;
  return <a href={link(["company", id, "chain"], { ...scopeParams(), suppliers: "1", customers: "0", country: group.id, product: row.product?.id ?? "" })}>{children}</a>;
}
