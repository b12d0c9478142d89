// Changes: what is different between two days, the numbers that moved and the relations that did it.
import type { ChangesAnswer, ExposureChange, FieldChange, Interval, NetworkChange, ShareChange } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, change } from "../../app/address";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { nameOf } from "../../ui/names";
import { count, share, ShareBar } from "../../ui/numbers";
import { scope } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Evidence, Table, type Column } from "../../ui/table";
import { fieldName, fieldValue, useProducts, type Products } from "./fields";
import { CompanyCell, productName, Ways } from "./parts";
import { Longer, patience } from "./patience";

const w = words({
  en: {
    from: "From", to: "to", ago: (years: number) => (years === 1 ? "1 year" : `${years} years`), span: "Go back",
    summary: (came: number, went: number, moved: number, unmoved: number) => `${plural(came, "company", "companies")} came upstream, ${plural(went, "company", "companies")} went; of the exposures to those that stayed ${moved === 0 ? "none" : count(moved)} moved and ${unmoved === 0 ? "none" : count(unmoved)} did not.`,
    relations: (n: number, all: number, undated: number) => `${plural(n, "relation", "relations")} upstream changed or ${n === 1 ? "has" : "have"} other sources. Of the ${count(all)} relations ${count(undated)} have no dates and can neither come nor go.`,
    numbers: "Numbers that moved", shares: "Shares of what the company buys that moved", did: "Relations that appeared, ended or changed", none: "Nothing changed between these days.", noMove: "No number moved.",
    company: "Company", change: "Change", lossBefore: "Loss before", lossAfter: "Loss after", flowAfter: "Share of intake after", input: "Input", before: "Before", after: "After", absent: "not upstream", noSupplier: "no supplier",
    relation: "Relation", what: "What is different", alone: "Moves alone", notSolved: "not worked out", details: "Sources", kinds: { came: "New", went: "Ended", changed: "Changed", claims: "Other sources", moved: "Moved" },
    makes: "makes", claim: { came: "new", went: "gone", changed: "changed" }, says: "says", effects: "What it did alone to the exposures", order: "Kind", behind: "Changes behind it", why: "Why",
  },
  zh: {
    from: "自", to: "至", ago: (years: number) => `${years} 年`, span: "回溯",
    summary: (came: number, went: number, moved: number, unmoved: number) => `上游新增 ${count(came)} 家公司，减少 ${count(went)} 家；在保留者中，${count(moved)} 项敞口变动，${count(unmoved)} 项未变。`,
    relations: (n: number, all: number, undated: number) => `上游有 ${count(n)} 条关系发生变化或来源更新。在 ${count(all)} 条关系中，${count(undated)} 条没有日期，因而不会出现或消失。`,
    numbers: "变动的数字", shares: "本公司采购份额的变动", did: "新出现、已终止或改变的关系", none: "两个日期之间没有变化。", noMove: "没有数字变动。",
    company: "公司", change: "变化", lossBefore: "此前损失", lossAfter: "此后损失", flowAfter: "此后来源占比", input: "投入品", before: "此前", after: "此后", absent: "不在上游", noSupplier: "非供应商",
    relation: "关系", what: "不同之处", alone: "单独影响的敞口数", notSolved: "未计算", details: "来源", kinds: { came: "新增", went: "终止", changed: "改变", claims: "来源更新", moved: "变动" },
    makes: "生产", claim: { came: "新增", went: "撤回", changed: "改变" }, says: "称", effects: "单独造成的敞口变动", order: "类型", behind: "背后的关系变化", why: "原因",
  },
});

function plural(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n === 0 ? "no" : count(n)} ${many}`;
}

/** The two days, by the address: the last three years unless it says otherwise. */
export function changeDays(): { from: string; to: string } {
  const params = address.value.params;
  const to = params.get("to") || params.get("as_of") || new Date().toISOString().slice(0, 10);
  return { from: params.get("from") || back(to, 3), to };
}

function back(day: string, years: number): string {
  const [year = "2000", ...rest] = day.split("-");
  return [Number(year) - years, ...rest].join("-").replace(/-02-29$/, "-02-28");
}

export function Changes({ id }: { id: string }) {
  const { from, to } = changeDays();
  const { min_confidence } = scope();
  const asked = useAnswer(`changes ${id} ${from} ${to} ${min_confidence} ${JSON.stringify(patience())}`, (signal) => answer(api.GET("/v1/companies/{id}/changes", { params: { path: { id }, query: { from, to, ...(min_confidence && { min_confidence }), limit: 200, ...patience() } }, signal })));
  return (
    <>
      <div class="filters">
        <label>{w().from}<input type="date" value={from} max={to} onChange={(e) => change({ from: e.currentTarget.value })} /></label>
        <label>{w().to}<input type="date" value={to} min={from} onChange={(e) => change({ to: e.currentTarget.value })} /></label>
        <span class="quiet">{w().span}</span>
        {[1, 3, 5].map((years) => <button key={years} type="button" onClick={() => change({ from: back(to, years) })}>{w().ago(years)}</button>)}
      </div>
      <Answered asked={asked}>{(data) => <Between id={id} of={data} />}</Answered>
    </>
  );
}

function Between({ id, of }: { id: string; of: ChangesAnswer }) {
  const named = useProducts(of.changes.some((c) => c.fields.some((f) => f.field === "used_in")));
  return (
    <>
      <p>{w().summary(of.came, of.went, of.moved, of.unmoved)} {w().relations(of.changes_total, of.relations, of.undated)}</p>
      {of.changes.length > 0 && (
        <>
          <h3>{w().did}</h3>
          <Table name="did" label={w().did} rows={of.changes} columns={relationColumns(named)} id={(row) => row.relation} first={10} open={(row) => <Claims row={row} />} openWord={w().details} />
        </>
      )}
      <h3>{w().numbers}</h3>
      {of.exposures.length === 0 ? <p>{w().noMove}</p> : <Table name="moved" label={w().numbers} rows={of.exposures} columns={exposureColumns()} id={(row) => row.id} first={10} openWord={w().why}
        open={(row) => <Behind changes={of.changes.filter((c) => c.from.id === row.id || c.effects.some((e) => e.id === row.id))} from={row.id} to={id} />} />}
      {of.shares.length > 0 && <><h3>{w().shares}</h3><Table name="shares" label={w().shares} rows={of.shares} columns={shareColumns()} id={(row) => `${row.supplier.id} ${row.product?.id}`} first={10} openWord={w().why}
        open={(row) => <Behind changes={of.changes.filter((c) => c.from.id === row.supplier.id && c.to.id === id && c.product?.id === row.product?.id)} from={row.supplier.id} to={id} />} /></>}
      <Incomplete of={of} shown={of.changes.length} />
      <Longer of={of} />
      <Basis of={of} />
    </>
  );
}

function relationColumns(named: Products): Column<NetworkChange>[] {
  return [
    { key: "relation", head: w().relation, main: true, cell: (row) => <Relation of={row} /> },
    { key: "change", head: w().change, cell: (row) => <span class={`change ${row.change}`}>{w().kinds[row.change]}</span>, compare: (a, b) => kindOrder.indexOf(a.change) - kindOrder.indexOf(b.change) },
    { key: "what", head: w().what, cell: (row) => row.fields.map((field) => <div key={field.field}>{fieldName(field.field)}: {fieldSide(field, "before", named)} → {fieldSide(field, "after", named)}</div>) },
    { key: "alone", head: w().alone, number: true, cell: (row) => row.moves ?? w().notSolved, compare: (a, b) => (b.moves ?? -1) - (a.moves ?? -1) },
  ];
}

function Relation({ of }: { of: NetworkChange }) {
  return <Evidence relation={of.relation}>{of.kind === "makes" ? `${nameOf(of.from)}: ${w().makes} ${nameOf(of.to)}` : `${nameOf(of.from)} → ${nameOf(of.to)} (${productName(of.product)})`}</Evidence>;
}

/** What is behind a number that moved: the relations that moved it, with their sources, and the paths to its company. */
function Behind({ changes, from, to }: { changes: readonly NetworkChange[]; from: string; to: string }) {
  return (
    <div class="cause">
      {changes.length > 0 && <><h3>{w().behind}</h3><ul class="lines">{changes.map((c) => <li key={c.relation}><Relation of={c} /><span class={`change ${c.change}`}>{w().kinds[c.change]}</span></li>)}</ul></>}
      <Ways from={from} to={to} />
    </div>
  );
}

const kindOrder: readonly NetworkChange["change"][] = ["came", "went", "changed", "claims"];

function fieldSide(field: FieldChange, side: "before" | "after", named: Products): string {
  return side === "before" ? fieldValue(field.field, field.number_before, field.text_before, named) : fieldValue(field.field, field.number_after, field.text_after, named);
}

function exposureColumns(): Column<ExposureChange>[] {
  const side = (x: Interval | null) => (x ? <ShareBar value={x} /> : <span class="quiet">{w().absent}</span>);
  return [
    { key: "name", head: w().company, main: true, cell: (row) => <CompanyCell of={row} country={row.country} /> },
    { key: "change", head: w().change, cell: (row) => <span class={`change ${row.change}`}>{w().kinds[row.change]}</span> },
    { key: "before", head: w().lossBefore, cell: (row) => side(row.loss_before) },
    { key: "after", head: w().lossAfter, cell: (row) => side(row.loss_after) },
    { key: "flow", head: w().flowAfter, cell: (row) => side(row.flow_after) },
  ];
}

function shareColumns(): Column<ShareChange>[] {
  const side = (x: Interval | null) => (x ? <ShareBar value={x} /> : <span class="quiet">{w().noSupplier}</span>);
  return [
    { key: "name", head: w().company, main: true, cell: (row) => <CompanyCell of={row.supplier} /> },
    { key: "input", head: w().input, cell: (row) => productName(row.product) },
    { key: "before", head: w().before, cell: (row) => side(row.before) },
    { key: "after", head: w().after, cell: (row) => side(row.after) },
  ];
}

function Claims({ row }: { row: NetworkChange }) {
  return (
    <div class="cause">
      <ul>
        {row.claims.map((c) => (
          <li key={c.claim.id}>
            <span class={`change ${c.change}`}>{w().claim[c.change]}</span> <span lang={c.claim.source?.language}>{c.claim.source?.title ?? c.claim.source?.id ?? c.claim.dataset}</span> <small>{[c.claim.source?.publisher, c.claim.source?.published].filter(Boolean).join(", ")}</small>
            {c.claim.quote && <blockquote lang={c.claim.source?.language}>{c.claim.quote}</blockquote>}
          </li>
        ))}
      </ul>
      {row.effects.length > 0 && <><h3>{w().effects}</h3><ul class="lines">{row.effects.map((e) => <li key={e.id}><span><CompanyCell of={e} /></span><span>{e.loss_before ? share(e.loss_before) : w().absent} → {e.loss_after ? share(e.loss_after) : w().absent}</span></li>)}</ul></>}
    </div>
  );
}
