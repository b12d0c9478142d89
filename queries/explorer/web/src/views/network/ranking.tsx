// The companies that most hangs on, with what the figures rest on.
import type { SystemicAnswer, SystemicRow } from "../../api/schema";
import { link } from "../../app/address";
import { language, words } from "../../app/settings";
import { Basis } from "../../ui/complete";
import { nameOf, otherName } from "../../ui/names";
import { count, percent } from "../../ui/numbers";

const w = words({
  en: {
    company: "Company", sector: "Sector", lost: "Lost in all", down: "For want of goods", up: "For want of orders", own: "Own part of sales", act: "Try it", between: (a: string, b: string) => `${a} to ${b}`, whatif: "What if it stops?",
    none: "No relation has a value under these conditions, so there is nothing to rank. Let relations without a value count like the others.",
    rests: (n: number, all: number, money: string) => `${count(n)} of ${count(all)} relations have a value (${money}).`,
    noValues: "No relation has a value: every relation counts the same.",
    imputed: (n: number) => `The other ${count(n)} count like the mean of these: the ranking then follows how companies are linked more than how much they trade.`,
    leftOut: (n: number) => `The other ${count(n)} are left out: the ranking says nothing of companies without a value.`,
    bound: (x: string) => `Computed to ±${x}; how far the data are from the truth is another matter.`, top: (n: number, of: number) => `The first ${count(n)} of ${count(of)} companies.`,
  },
  zh: {
    company: "公司", sector: "行业", lost: "总损失", down: "因缺货", up: "因失去订单", own: "自身销售占比", act: "试算", between: (a, b) => `${a} 至 ${b}`, whatif: "若其中断？",
    none: "在此条件下没有注明金额的关系，无法排名。可让未注明金额的关系按均值计入。",
    rests: (n, all, money) => `${count(all)} 条关系中有 ${count(n)} 条注明了金额（${money}）。`,
    noValues: "没有注明金额的关系：所有关系同等计入。",
    imputed: (n) => `其余 ${count(n)} 条按其均值计入，因此排名主要反映公司之间的联系，而非交易规模。`,
    leftOut: (n) => `其余 ${count(n)} 条不计入，因此排名不涵盖没有金额的公司。`,
    bound: (x) => `各数值与精确值相差不超过 ±${x}。`, top: (n, of) => `共 ${count(of)} 家公司，显示前 ${count(n)} 家。`,
  },
});

export function Ranking({ of }: { of: SystemicAnswer }) {
  const { values } = of;
  const rows = of.items.filter((r) => r.esri !== null);
  const bound = Math.max(0, ...rows.map((r) => r.error_bound ?? 0));
  const stated = values.relations - values.imputed;
  const money = [values.currency, values.period].filter(Boolean).join(language.value === "zh" ? "，" : ", ");
  return (
    <>
      <p class="about">
        {stated > 0 ? w().rests(stated, values.relations + values.left_out, money) : values.imputed > 0 && w().noValues}{" "}
        {stated > 0 && values.imputed > 0 && w().imputed(values.imputed)} {values.left_out > 0 && stated > 0 && w().leftOut(values.left_out)}
      </p>
      {rows.length === 0 ? <p class="note">{w().none}</p> : <Rows rows={rows} />}
      {rows.length > 0 && <p class="about">{of.total != null && of.total > rows.length && w().top(rows.length, of.total)} {bound > 0 && w().bound(percent(Math.max(bound, 1e-6)))}</p>}
      <Basis of={of} />
    </>
  );
}

function Rows({ rows }: { rows: readonly SystemicRow[] }) {
  const most = Math.max(...rows.map((r) => r.esri ?? 0));
  return (
    <table class="cards ranking">
      <thead>
        <tr>
          <th scope="col" class="number">#</th><th scope="col">{w().company}</th><th scope="col">{w().sector}</th><th scope="col">{w().lost}</th>
          <th scope="col" class="number">{w().down}</th><th scope="col" class="number">{w().up}</th><th scope="col" class="number">{w().own}</th><th scope="col">{w().act}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r, i) => (
          <tr key={r.id}>
            <td class="number rank">{i + 1}</td>
            <td class="main"><a href={link(["company", r.id])}>{nameOf(r)}</a> <small>{otherName(r)}</small></td>
            <td>{r.sector}</td>
            <td data-head={w().lost}><Lost row={r} most={most} /></td>
            <td class="number" data-head={w().down}>{tenths(r.downstream ?? 0)}</td>
            <td class="number" data-head={w().up}>{tenths(r.upstream ?? 0)}</td>
            <td class="number" data-head={w().own}>{tenths(r.share)}</td>
            <td class="act"><a href={link(["company", r.id, "whatif"], { stop: "company:" + r.id })}>{w().whatif}</a></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A percentage with one digit, so that a column of them is aligned; what rounding leaves of nothing is nothing. */
function tenths(x: number): string {
  if (x < 1e-9) return "0%";
  return x < 5e-4 ? "<0.1%" : (100 * x).toFixed(1) + "%";
}

/** A score as the interval that is certified, its bar against the greatest score. */
function Lost({ row, most }: { row: SystemicRow; most: number }) {
  const esri = row.esri ?? 0;
  const bound = row.error_bound ?? 0;
  const least = tenths(Math.max(0, esri - bound));
  const greatest = tenths(Math.min(1, esri + bound));
  return (
    <span class="lost">
      <span class="bar" aria-hidden="true"><span style={{ width: `${(100 * esri) / most}%` }} /></span>
      <span class="number">{least === greatest ? least : w().between(least, greatest)}</span>
    </span>
  );
}
