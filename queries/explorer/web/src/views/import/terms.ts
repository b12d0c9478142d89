// What kinds of statement and their columns are called.
import { language, words } from "../../app/settings";

const zh: Record<string, string> = {
  id: "编号", name: "名称", aliases: "其他名称", kind: "类型", country: "国家/地区", jurisdiction: "注册地", sector: "行业", status: "状态", lei: "LEI", isin: "ISIN", ticker: "股票代码", revenue: "营业收入", cost: "成本", currency: "币种",
  code: "代码", parent: "上级产品", title: "标题", publisher: "发布者", url: "网址", published: "发布日期", accessed: "查阅日期", language: "语言", origin: "出处",
  supplier: "供应商", buyer: "采购方", product: "产品", owner: "股东", owned: "被持股方", maker: "生产商", input: "投入品", a: "甲方", b: "乙方", authority: "主管机关", listed: "被列名方",
  share_of_input: "采购占比", revenue_share: "收入占比", cost_share: "成本占比", market_share: "市场份额", share: "持股比例", value: "金额", quantity: "数量", unit: "单位", essential: "不可或缺", complete_list: "名单完整", used_in: "用于", origin_country: "原产地", site: "生产地点",
  lead_time_days: "交货期（天）", inventory_days: "库存（天）", control: "控制", role: "关系", programme: "项目", valid_from: "生效", valid_to: "失效", confidence: "置信度", basis: "依据", stage: "阶段", stance: "立场", quote: "原文", locator: "位置",
  dataset: "数据集", source: "来源", asserted_by: "陈述方", period: "期间", operator: "运营方", region: "区域", place: "坐标", address: "地址", processing: "工艺",
  record: "记录", canonical: "对应公司", same: "相同", decided_by: "决定人", reason: "理由",
};

/** A column in words: "share of input", 采购占比. */
export function columnName(column: string): string {
  return (language.value === "zh" && zh[column]) || (/^[a-z_]+$/.test(column) ? column.replaceAll("_", " ") : column);
}

const kinds = words({
  en: { supplies: "Who supplies whom", owns: "Who owns whom", makes: "Who makes what", input_of: "What goes into what", associated: "Associated companies", lists: "Listings", company: "Companies", product: "Products", source: "Sources", site: "Sites", sameness: "Decisions about names", question: "Answers" },
  zh: { supplies: "供应关系", owns: "持股关系", makes: "生产关系", input_of: "投入关系", associated: "关联关系", lists: "列名", company: "公司", product: "产品", source: "来源", site: "地点", sameness: "名称判定", question: "答复" },
});

export function kindName(kind: string): string {
  return (kinds() as Record<string, string>)[kind] ?? kind;
}

const held = words({
  en: { companies: "companies", products: "products", sources: "sources", relations: "relations", sites: "sites", sameness: "decisions about names", questions: "answers to a questionnaire", mixed: "several kinds", converted: "records" },
  zh: { companies: "公司", products: "产品", sources: "来源", relations: "关系", sites: "地点", sameness: "名称判定", questions: "问卷答复", mixed: "多种记录", converted: "记录" },
});

/** What the rows of a file are. */
export function recordsName(records: string): string {
  return (held() as Record<string, string>)[records] ?? records;
}
