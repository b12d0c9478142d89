// Facts that are not known, as questions in the reader's language.
import { words } from "../../app/settings";
import { nameOf, type Named } from "../../ui/names";
import { names, productName } from "./parts";

const w = words({
  en: {
    share_of_input: (f: Asked) => `What part of the ${f.product} that ${f.buyer} buys comes from ${f.supplier}?`,
    complete_list: (f: Asked) => `Are ${f.suppliers} all suppliers of ${f.product} to ${f.buyer}?`,
    essential: (f: Asked) => `Would ${f.buyer} have to stop without ${f.product}?`,
    used_in: (f: Asked) => `Which products of ${f.buyer} need ${f.product}?`,
    cost_share: (f: Asked) => `What part of the cost of ${f.buyer} is ${f.product}?`,
    revenue_share: (f: Asked) => `What part of its revenue does ${f.supplier} make with ${f.product} sold to ${f.buyer}?`,
  },
  zh: {
    share_of_input: (f: Asked) => `${f.buyer}采购的${f.product}中，有多大比例来自${f.supplier}？`,
    complete_list: (f: Asked) => `${f.buyer}的${f.product}供应商是否只有${f.suppliers}？`,
    essential: (f: Asked) => `缺少${f.product}，${f.buyer}是否必须停产？`,
    used_in: (f: Asked) => `${f.buyer}的哪些产品需要${f.product}？`,
    cost_share: (f: Asked) => `${f.product}占${f.buyer}成本的比例是多少？`,
    revenue_share: (f: Asked) => `${f.supplier}的收入中，有多大比例来自向${f.buyer}销售${f.product}？`,
  },
});

interface Asked {
  readonly product: string;
  readonly buyer: string;
  readonly supplier: string;
  readonly suppliers: string;
}

interface Fact {
  readonly field: "share_of_input" | "complete_list" | "essential" | "used_in" | "cost_share" | "revenue_share";
  readonly product: Named | null;
  readonly buyer: Named;
  readonly supplier: Named | null;
  readonly suppliers?: readonly Named[];
}

export function factQuestion(fact: Fact): string {
  const suppliers = fact.suppliers ?? (fact.supplier ? [fact.supplier] : []);
  return w()[fact.field]({ product: productName(fact.product), buyer: nameOf(fact.buyer), supplier: fact.supplier ? nameOf(fact.supplier) : names(suppliers), suppliers: names(suppliers) });
}
