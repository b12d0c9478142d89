// The words of the graph in the reader's language: stages, bases, kinds of relation.
import { words } from "../app/settings";

interface Terms {
  readonly stage: Record<string, string>;
  readonly basis: Record<string, string>;
  readonly kind: Record<string, string>;
  readonly role: Record<string, string>;
}

/** The terms; a word that is not among them is shown as it stands. */
export const terms = words<Terms>({
  en: {
    stage: { unknown: "stage not stated", announced: "announced", sampling: "sampling", qualified: "qualified", volume: "in volume", ended: "ended" },
    basis: { unknown: "basis not stated", hearsay: "hearsay", derived: "derived", news: "news", analyst: "analyst", regulator: "regulator", customs: "customs", company: "company statement", filing: "filing" },
    kind: { supplies: "Supply", owns: "Ownership", makes: "Production", input_of: "Input", associated: "Association", lists: "Listing" },
    role: { competitor: "competitors", partner: "partners", "co-developer": "co-developers", licensee: "licensee" },
  },
  zh: {
    stage: { unknown: "阶段未注明", announced: "已宣布", sampling: "送样", qualified: "已通过认证", volume: "量产供货", ended: "已终止" },
    basis: { unknown: "依据未注明", hearsay: "传闻", derived: "推算", news: "新闻报道", analyst: "分析师", regulator: "监管机构", customs: "海关数据", company: "公司说明", filing: "法定披露文件" },
    kind: { supplies: "供应关系", owns: "持股关系", makes: "生产关系", input_of: "投入关系", associated: "关联关系", lists: "列入名单" },
    role: { competitor: "竞争对手", partner: "合作伙伴", "co-developer": "共同开发方", licensee: "被许可方" },
  },
});

/** A term by its key in one of the lists; the key itself where it is none of them, as sources may write what they like. */
export function term(list: keyof Terms, key: string): string {
  return terms()[list][key] ?? key;
}
