import { words } from "../../app/settings";

/** What a number of a relation is a part of, said with the names of its ends. */
interface Names {
  readonly from: string;
  readonly to: string;
  readonly product: string;
}

export const w = words({
  en: {
    region: "Evidence", close: "Close the evidence", asOf: (day: string) => `As of ${day}`, anyDay: "Whatever the date",
    from: { supplies: "Supplier", owns: "Owner", makes: "Maker", input_of: "Input", associated: "Company", lists: "Authority" } as Record<string, string>,
    to: { supplies: "Buyer", owns: "Owned", makes: "Product", input_of: "Goes into", associated: "Associated with", lists: "Listed" } as Record<string, string>,
    product: "Product", noProduct: "not stated",
    usedIn: "Needed for", origin: "Ships from", country: "Made in", site: "Site", control: "Control", role: "Role", programme: "Programme", essential: "Essential", essentialYes: "The buyer cannot do without it",
    completeList: "Suppliers", completeYes: "The list of suppliers is said to be complete",
    inactive: "Does not hold under this scope. The numbers are those of all claims that assert it.",
    confirmed: (day: string) => `last confirmed ${day}`,
    sources: (n: number) => (n === 1 ? "1 independent source" : `${n} independent sources`),
    confidence: "Confidence", combined: (p: string) => `${p} if the sources are independent`,
    confidenceMeans: "What confidence means",
    confidenceText: "How likely it is that the relation holds, by the most reliable claim that counts. Where a claim states none, the usual value of its basis stands: filing 95%, company, customs and regulator 90%, analyst 75%, news 65%, derived 50%, hearsay 30%. Claims that repeat one original count as one source.",
    level: (x: number) => (x >= 0.9 ? "firm" : x >= 0.7 ? "good" : x >= 0.5 ? "moderate" : "weak"),
    byBasis: (basis: string) => `usual for ${basis}`,
    numbers: "Numbers", none: "No source states a number.",
    fields: {
      share_of_input: (n: Names) => `of ${n.to}’s purchases of ${n.product}`, revenue_share: (n: Names) => `of ${n.from}’s revenue`, cost_share: (n: Names) => `of ${n.to}’s cost`,
      share: (n: Names) => `of ${n.to}`, market_share: (n: Names) => `of the market of ${n.to}`,
      value: () => "value", quantity: () => "quantity", lead_time_days: () => "days from order to delivery", inventory_days: (n: Names) => `days that ${n.to}’s stock lasts`,
    } as Record<string, (n: Names) => string>,
    shareOf: (x: string, what: string) => `${x} ${what}`, amountOf: (x: string, what: string) => `${what} ${x}`,
    someProduct: "this product", unstated: "no source states it",
    restsOn: { stated: "as stated", documented_value: "from the values of all documented suppliers: at most, as others may be missing", residual: "what the stated shares of the others leave", sole_documented: "the only documented supplier: its share is open" } as Record<string, string>,
    overstated: "The stated shares add up to more than 100% and were scaled down.",
    disputedMark: "disputed",
    disputes: "Disputed", disputeOf: (what: string, period: string) => (period ? `${what}, ${period}` : what), valueSays: "Value", whoSays: "Who says so",
    denials: (n: number) => (n === 1 ? "1 source denies it" : `${n} sources deny it`),
    claims: (n: number) => (n === 1 ? "1 claim" : `${n} claims`), claimsTitle: "What the sources say", undated: "No period stated",
    earlier: "Earlier", denies: "denies", notCounted: "does not count here",
    by: (who: string) => `by ${who}`, published: (day: string) => `published ${day}`, read: (day: string) => `read ${day}`, noSource: "No source cited", dataset: (name: string) => `data set ${name}`,
    valid: (from: string, to: string) => (from && to ? `from ${from} until ${to}` : from ? `from ${from}` : `until ${to}`),
    where: "Where in the source", parts: "Relations between members of the groups", other: "Other columns",
  },
  zh: {
    region: "证据", close: "关闭证据面板", asOf: (day: string) => `截至 ${day}`, anyDay: "不限日期",
    from: { supplies: "供应商", owns: "股东", makes: "生产商", input_of: "投入品", associated: "公司", lists: "主管机构" } as Record<string, string>,
    to: { supplies: "采购方", owns: "被持股公司", makes: "产品", input_of: "用于", associated: "关联公司", lists: "被列入者" } as Record<string, string>,
    product: "产品", noProduct: "未注明",
    usedIn: "用于", origin: "发货地", country: "产地", site: "设施", control: "控制方式", role: "关系", programme: "名单", essential: "必需性", essentialYes: "采购方不可或缺",
    completeList: "供应商名单", completeYes: "据称供应商名单完整",
    inactive: "在当前条件下不成立。所列数值取自所有肯定此关系的陈述。",
    confirmed: (day: string) => `最近确认于 ${day}`,
    sources: (n: number) => `${n} 个独立来源`,
    confidence: "置信度", combined: (p: string) => `若来源相互独立，则为 ${p}`,
    confidenceMeans: "置信度的含义",
    confidenceText: "指该关系成立的可能性，取计入的陈述中最可靠的一条。未给出时按依据取常用值：法定披露文件 95%，公司说明、海关数据和监管机构 90%，分析师 75%，新闻报道 65%，推算 50%，传闻 30%。转载同一原文的陈述只算一个来源。",
    level: (x: number) => (x >= 0.9 ? "可靠" : x >= 0.7 ? "较可靠" : x >= 0.5 ? "一般" : "较弱"),
    byBasis: (basis: string) => `“${basis}”的常用值`,
    numbers: "数值", none: "没有来源给出数值。",
    fields: {
      share_of_input: (n: Names) => `占${n.to}${n.product}采购量`, revenue_share: (n: Names) => `占${n.from}收入`, cost_share: (n: Names) => `占${n.to}成本`,
      share: (n: Names) => `占${n.to}股权`, market_share: (n: Names) => `占${n.to}市场`,
      value: () => "金额", quantity: () => "数量", lead_time_days: () => "交货周期（天）", inventory_days: (n: Names) => `${n.to}库存可用天数`,
    } as Record<string, (n: Names) => string>,
    shareOf: (x: string, what: string) => `${what}的 ${x}`, amountOf: (x: string, what: string) => `${what} ${x}`,
    someProduct: "该产品", unstated: "没有来源给出",
    restsOn: { stated: "来源给出", documented_value: "按所有已知供应商的金额推算，为上限，因可能另有未知供应商", residual: "扣除其他供应商已知份额后的余量", sole_documented: "唯一已知供应商，份额不详" } as Record<string, string>,
    overstated: "各方给出的份额合计超过 100%，已按比例缩减。",
    disputedMark: "有争议",
    disputes: "争议", disputeOf: (what: string, period: string) => (period ? `${what}，${period}` : what), valueSays: "数值", whoSays: "来源",
    denials: (n: number) => `${n} 个来源否认此关系`,
    claims: (n: number) => `${n} 条陈述`, claimsTitle: "各来源的说法", undated: "未注明时期",
    earlier: "更早", denies: "否认", notCounted: "此处不计入",
    by: (who: string) => `${who} 称`, published: (day: string) => `发布于 ${day}`, read: (day: string) => `查阅于 ${day}`, noSource: "未引用来源", dataset: (name: string) => `数据集 ${name}`,
    valid: (from: string, to: string) => (from && to ? `${from} 起，至 ${to} 前` : from ? `${from} 起` : `至 ${to} 前`),
    where: "在来源中的位置", parts: "集团成员之间的关系", other: "其他列",
  },
});
