// Sentences about losses, composed from the fields of an answer in the reader's language.
import type { BindingRow, Days, DisruptionAnswer, DisruptionRow, Interval, Ref, Target } from "../../api/schema";
import { language, words } from "../../app/settings";
import { countryName, nameOf, type Named } from "../../ui/names";
import { count, percent } from "../../ui/numbers";
import { w } from "./words";

type Bounds = Pick<Interval, "low" | "high">;

const t = words({
  en: {
    and: " and ", comma: ", ", others: (first: string, n: number) => `${first} and ${n} other lines`, output: "of its output", of: (what: string) => `of its ${what}`,
    exactly: (x: string) => x, bounds: (a: string, b: string) => `at least ${a} and at most ${b}`, everything: "everything", nothing: "nothing",
    subject: (who: string, how: string, of: string) => `${who} would lose ${how} ${of}`, through: (input: string) => `, through ${input}`,
    hit: (who: string, how: string) => `${who} is hit itself and loses ${how}.`, safe: (who: string) => `${who} is not documented to depend on what stops: it would lose nothing that sources tell of.`,
    feltFrom: (a: string) => `first felt after ${a} at the earliest`, feltUnknown: "how soon is unknown, because nobody states lead times or stocks", felt: (a: string) => `first felt after ${a}`,
    days: (n: string) => (n === "1" ? "1 day" : `${n} days`), range: (a: string, b: string) => `${a} to ${b} days`, from: (a: string) => `${a} days or later`,
    needs: (what: string) => `It needs ${what}`, something: "what it is supplied with",
    onlySupplier: (who: string) => `, and ${who} is the only documented supplier`, oneOf: (who: string, n: number) => `. ${who} is one of ${n} documented suppliers`, affected: (a: number, n: number) => (a === n ? (n === 2 ? ", both affected" : ", all of them affected") : a === 1 ? ", the only one affected" : `, ${a} of them affected`),
    inputLoss: (how: string) => `; of this input ${how} would be missing`, hops: (n: number) => (n === 1 ? "directly" : `over ${n} links`),
    noShares: "Nobody states who supplies how much.", someShares: (n: number, of: number) => `The shares of ${n} of the ${of} suppliers are stated.`, mayOther: "There may be suppliers that nobody documented.",
    essUnknown: "Nobody states whether it can do without this input.", essNo: "It can do without this input in part.", essYes: "It cannot do without this input.", listAll: "The list of suppliers is stated to be complete.",
    stopWhole: (what: string) => `${what} stops`, stopPart: (what: string, p: string) => `${what} is lowered to ${p}`, ofCompany: (p: string, c: string) => `${p} of ${c}`, inCountry: (c: string, by: string) => `${c} (${by})`, near: (x: string) => `sites near ${x}`, region: (x: string) => `sites in ${x}`,
    whole: (how: string, open: boolean) => `Of its whole output that is ${how}${open ? ": nobody states what part each line is of its revenue" : ""}.`,
    total: (n: number, certain: number, stop: number) => `${count(n)} ${n === 1 ? "company" : "companies"} downstream would lose something or may: ${certain === 0 ? "none for certain" : `${count(certain)} for certain`}, ${stop === 0 ? "none everything" : `up to ${count(stop)} everything`}.`,
  },
  zh: {
    and: "和", comma: "、", others: (first: string, n: number) => `${first}等 ${n + 1} 项业务`, output: "的产出", of: (what: string) => `的${what}产出`,
    exactly: (x: string) => x, bounds: (a: string, b: string) => `至少 ${a}、至多 ${b}`, everything: "全部", nothing: "无",
    subject: (who: string, how: string, of: string) => `${who}将损失${how.startsWith("至") ? how + " " : " " + how + " "}${of}`, through: (input: string) => `，经由${input}`,
    hit: (who: string, how: string) => `${who}自身中断，损失 ${how}。`, safe: (who: string) => `没有记录显示${who}依赖于中断的对象：就现有来源看不会受损。`,
    feltFrom: (a: string) => `最早 ${a}后受影响`, feltUnknown: "多久之后受影响未知，因为没有来源说明交货期或库存", felt: (a: string) => `${a}后开始受影响`,
    days: (n: string) => `${n} 天`, range: (a: string, b: string) => `${a} 至 ${b} 天`, from: (a: string) => `${a} 天或更晚`,
    needs: (what: string) => `需要${what}`, something: "所采购的投入品",
    onlySupplier: (who: string) => `，${who}是唯一有记录的供应商`, oneOf: (who: string, n: number) => `，${who}是 ${n} 家有记录的供应商之一`, affected: (a: number, n: number) => (a === n ? `，${n} 家均受影响` : a === 1 ? "，仅此一家受影响" : `，其中 ${a} 家受影响`),
    inputLoss: (how: string) => `；该投入品将缺少${how.startsWith("至") ? how : " " + how}`, hops: (n: number) => (n === 1 ? "直接传导" : `经 ${n} 个环节传导`),
    noShares: "没有来源说明各家供货份额。", someShares: (n: number, of: number) => `${of} 家供应商中有 ${n} 家注明了份额。`, mayOther: "可能还有未被记录的供应商。",
    essUnknown: "没有来源说明该投入品是否不可或缺。", essNo: "该投入品可部分替代。", essYes: "该投入品不可或缺。", listAll: "来源说明供应商名单完整。",
    stopWhole: (what: string) => `${what}中断`, stopPart: (what: string, p: string) => `${what}降至 ${p}`, ofCompany: (p: string, c: string) => `${c}的${p}`, inCountry: (c: string, by: string) => `${c}（${by}）`, near: (x: string) => `${x} 附近的设施`, region: (x: string) => `${x} 的设施`,
    whole: (how: string, open: boolean) => `占公司全部产出的 ${how}${open ? "：没有来源说明各业务的收入占比" : ""}。`,
    total: (n: number, certain: number, stop: number) => `下游 ${count(n)} 家公司将受损或可能受损：${certain === 0 ? "无一确定受损" : `${count(certain)} 家确定受损`}，${stop === 0 ? "无一可能全部停产" : `至多 ${count(stop)} 家可能全部停产`}。`,
  },
});

/** Any loss in words; here 0 to 1 is told as bounds, since it is an answer and not a share that nobody states. */
export function lossText(x: Bounds | null | undefined): string {
  if (!x) return w().unknownTime;
  if (percent(x.low) === percent(x.high)) return percent(x.low);
  return language.value === "zh" ? `${percent(x.low)} 至 ${percent(x.high)}` : `${percent(x.low)} to ${percent(x.high)}`;
}

export function bounds(x: Bounds): string {
  return percent(x.low) === percent(x.high) ? t().exactly(percent(x.low)) : t().bounds(percent(x.low), percent(x.high));
}

export function colon(): string {
  return language.value === "zh" ? "：" : ": ";
}

export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return names.slice(0, -1).join(t().comma) + t().and + names.at(-1);
}

/** The lines of a row: "Cloud compute and GPU cloud"; those of no name are the output as a whole. */
export function linesText(lines: readonly Ref[]): string {
  if (lines.length > 3) return t().others(nameOf(lines[0]!), lines.length - 1);
  return listed(lines.map(nameOf));
}

const number = (n: number) => String(Math.round(n * 10) / 10);

export function daysText(d: Days | null | undefined): string {
  if (!d || (d.low === 0 && d.high === null)) return w().unknownTime;
  if (d.high === null) return t().from(number(d.low));
  if (number(d.low) === number(d.high)) return t().days(number(d.low));
  return t().range(number(d.low), number(d.high));
}

function feltText(d: Days | null): string {
  if (!d || (d.low === 0 && d.high === null)) return t().feltUnknown;
  return d.high === null ? t().feltFrom(t().days(number(d.low))) : t().felt(daysText(d));
}

/** What a company would lose, in one sentence. Its rows are of the lines that lose something. */
export function verdict(who: Named, rows: readonly DisruptionRow[]): string {
  const row = mostOf(rows);
  const name = nameOf(who);
  if (!row) return t().safe(name);
  const loss = row.loss;
  if (!loss) return t().safe(name);
  if (row.hit && rows.every((r) => r.hit)) return t().hit(name, bounds(loss));
  const of = row.lines.length > 0 ? t().of(linesText(row.lines)) : t().output;
  const separator = language.value === "zh" ? "，" : "; ";
  return t().subject(name, bounds(loss), of) + separator + feltText(earliest(rows)) + (language.value === "zh" ? "。" : ".");
}

/** What that is of the company as a whole, where it is something else than of its lines. */
export function wholeText(rows: readonly DisruptionRow[]): string {
  const row = mostOf(rows);
  if (!row?.company_loss || row.lines.length === 0 || row.hit) return "";
  return t().whole(lossText(row.company_loss), row.company_loss.high - row.company_loss.low > 0.001);
}

/** The rows of another answer that have the lines of a row. */
export function sameLines(row: DisruptionRow, rows: readonly DisruptionRow[]): DisruptionRow[] {
  const lines = new Set(row.lines.map((l) => l.id));
  return rows.filter((r) => r.id === row.id && (lines.size === 0 ? r.lines.length === 0 : r.lines.some((l) => lines.has(l.id))));
}

/** The row of the lines that may lose most. */
export function mostOf(rows: readonly DisruptionRow[]): DisruptionRow | undefined {
  return [...rows].sort((a, b) => (b.loss?.high ?? 0) - (a.loss?.high ?? 0) || (b.loss?.low ?? 0) - (a.loss?.low ?? 0) || a.tier - b.tier)[0];
}

function earliest(rows: readonly DisruptionRow[]): Days | null {
  const all = rows.map((r) => r.reached_days).filter((d) => d !== null);
  if (all.length === 0) return null;
  const highs = all.map((d) => d.high).filter((h) => h !== null);
  return { low: Math.min(...all.map((d) => d.low)), high: highs.length > 0 ? Math.min(...highs) : null };
}

/** The reason of a row: the input that most is lost through, and what is known of its suppliers. */
export function reason(row: DisruptionRow): string {
  const b = row.binding;
  const last = row.path.at(-1);
  if (!b) return w().hit;
  let text = t().needs(b.product ? nameOf(b.product) : t().something);
  if (last) text += b.suppliers === 1 ? t().onlySupplier(nameOf(last.from)) : t().oneOf(nameOf(last.from), b.suppliers) + t().affected(b.affected, b.suppliers);
  if (b.loss) text += t().inputLoss(bounds(b.loss));
  return text + (language.value === "zh" ? "。" : ".");
}

/** What is not known, or is, of the input that binds. */
export function known(b: BindingRow): string[] {
  const out: string[] = [];
  if (b.suppliers > 1) out.push(b.shares_stated === 0 ? t().noShares : b.shares_stated < b.suppliers ? t().someShares(b.shares_stated, b.suppliers) : "");
  out.push(b.list_complete ? t().listAll : t().mayOther);
  out.push({ yes: t().essYes, no: t().essNo, not_stated: t().essUnknown }[b.essential]);
  return out.filter(Boolean);
}

/** A target without its level: "Liquid cooling", "Liquid cooling of Vertiv", "Taiwan (made there)". */
export function targetName(x: Target, name: (kind: "company" | "product", id: string) => string): string {
  if (x.relation) return x.relation;
  const place = x.near ? t().near(x.near) : x.region ? t().region(x.region) : x.country ? (x.by && x.by !== "headquarters" ? t().inCountry(countryName(x.country), w()[`by_${x.by}`]) : countryName(x.country)) : "";
  const company = x.company && name("company", x.company);
  const product = x.product && name("product", x.product);
  const who = product && company ? t().ofCompany(product, company) : product || company || "";
  return [who, place].filter(Boolean).join(" · ");
}

export function targetText(x: Target, name: (kind: "company" | "product", id: string) => string): string {
  return x.capacity ? t().stopPart(targetName(x, name), percent(x.capacity)) : t().stopWhole(targetName(x, name));
}

export function totalText(a: DisruptionAnswer): string {
  const c = a.totals.companies;
  return t().total(c.affected, c.certain, c.may_stop);
}
