// The fields of relations and their values, in the reader's language.
import { answer, api } from "../../api/client";
import type { Interval, ProductRow } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { language, words } from "../../app/settings";
import { nameOf } from "../../ui/names";
import { share } from "../../ui/numbers";

const w = words({
  en: { share_of_input: "Share of the input", revenue_share: "Share of the supplier's revenue", cost_share: "Share of the buyer's cost", share: "Share", market_share: "Market share", value: "Value", used_in: "Used in", essential: "Essential", complete_list: "Complete list", none: "not stated", yes: "yes", no: "no" } as Record<string, string>,
  zh: { share_of_input: "占该投入品份额", revenue_share: "占供应商收入", cost_share: "占采购方成本", share: "份额", market_share: "市场份额", value: "金额", used_in: "用于", essential: "是否不可或缺", complete_list: "名单是否完整", stage: "阶段", origin_country: "产地", none: "未注明", yes: "是", no: "否" } as Record<string, string>,
});

/** A field as readers call it; one without a word of its own by its name. */
export function fieldName(field: string): string {
  return w()[field] ?? field.replaceAll("_", " ");
}

/** Products by their ids, as far as they were asked for. */
export type Products = ReadonlyMap<string, ProductRow>;

/** The names of products, where an answer gives ids only. */
export function useProducts(wanted: boolean): Products {
  const asked = useAnswer(wanted ? "products" : "", (signal) => answer(api.GET("/v1/products", { params: { query: { limit: 1000 } }, signal })));
  return new Map(asked.data?.items.map((p) => [p.id, p]));
}

export function fieldValue(field: string, number: Interval | null, text: string | undefined, named: Products): string {
  if (field === "used_in" && text) return text.split(";").map((id) => nameOf(named.get(id) ?? { id })).join(", ");
  if (number === null) return (text && (w()[text] ?? text)) || w()["none"] || "";
  if (field.endsWith("share") || field === "share_of_input") return share(number);
  const format = new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en", { notation: "compact", maximumFractionDigits: 1 });
  const [low, high] = [format.format(number.low), format.format(number.high)];
  return [text, low === high ? low : `${low} – ${high}`].filter(Boolean).join(" ");
}
