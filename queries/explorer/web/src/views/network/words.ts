import { words } from "../../app/settings";
import { count } from "../../ui/numbers";

/** The words that the faces of the whole network share. */
export const w = words({
  en: {
    title: "The whole network", tabs: "Views of the network", flows: "Flows", risk: "Systemic risk", coverage: "Coverage",
    country: "Country", sector: "Sector", unknown: "not stated", others: "others", companies: "Companies", relations: "Relations",
    summary: (companies: number, relations: number, products: number, sources: number) =>
      `${count(companies)} companies, ${count(relations)} supply relations, ${count(products)} products, ${count(sources)} sources`,
    all: (n: number) => `Show all ${count(n)}`, fewer: "Show fewer", name: "Name",
  },
  zh: {
    title: "全网概览", tabs: "全网视图", flows: "流向", risk: "系统性风险", coverage: "数据覆盖",
    country: "国家/地区", sector: "行业", unknown: "未注明", others: "其他", companies: "公司", relations: "关系",
    summary: (companies: number, relations: number, products: number, sources: number) =>
      `${count(companies)} 家公司、${count(relations)} 条供应关系、${count(products)} 种产品、${count(sources)} 个来源`,
    all: (n: number) => `显示全部 ${count(n)} 项`, fewer: "收起", name: "名称",
  },
});
