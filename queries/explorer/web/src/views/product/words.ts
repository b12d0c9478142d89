import { words } from "../../app/settings";

export const w = words({
  en: {
    kindOf: "A kind of", kinds: "Kinds of it", code: "Code", aliases: "Also called", whatif: "What if it stops?",
    makers: "Who makes it", maker: "Maker", makes: "Makes", market: "Share of the market", country: "Made in", stage: "Stage", confidence: "Confidence", evidence: "Evidence",
    noMakers: "No maker is documented.", noShare: "not stated", ofKinds: "Makers of every kind of it are listed, each with its share of the market of that kind.",
    supplies: "Who supplies it to whom", supplier: "Supplier", buyer: "Buyer", product: "Product", share: "Share of the buyer’s purchases",
    shareHint: "Part of what the buyer buys of the product; unknown where no source states it", noSupplies: "Nobody is documented to supply it.",
    counted: (relations: string, suppliers: string, buyers: string) => `Relations: ${relations} · Suppliers: ${suppliers} · Buyers: ${buyers}`,
    cut: (shown: string, all: string) => `The first ${shown} of ${all} are listed, those with the greatest confidence first.`,
    madeOf: "What goes into it", goesInto: "What it goes into", nothingIn: "No input is documented.", nothingOut: "It is not documented what it goes into.",
    more: (n: string) => `and ${n} more`, provisional: "Known only because relations name it: no data set describes it.", and: ", ",
  },
  zh: {
    kindOf: "上级品类", kinds: "下级品类", code: "编码", aliases: "别名", whatif: "若其断供会怎样？",
    makers: "生产商", maker: "生产商", makes: "产品", market: "市场份额", country: "产地", stage: "阶段", confidence: "置信度", evidence: "来源",
    noMakers: "没有生产商记录。", noShare: "未注明", ofKinds: "包含各下级品类的生产商，市场份额均指该品类的市场。",
    supplies: "供应关系", supplier: "供应商", buyer: "采购方", product: "产品", share: "占采购方采购量",
    shareHint: "占采购方该产品采购量的份额；没有来源注明时为未知", noSupplies: "没有供应记录。",
    counted: (relations: string, suppliers: string, buyers: string) => `供应关系 ${relations} 条 · 供应商 ${suppliers} 家 · 采购方 ${buyers} 家`,
    cut: (shown: string, all: string) => `共 ${all} 条，已列出置信度最高的 ${shown} 条。`,
    madeOf: "上游投入品", goesInto: "下游产品", nothingIn: "没有投入品记录。", nothingOut: "没有下游用途记录。",
    more: (n: string) => `另有 ${n} 项`, provisional: "仅因关系提及而得知，尚无数据集对其加以描述。", and: "、",
  },
});
