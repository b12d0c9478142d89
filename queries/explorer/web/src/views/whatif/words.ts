// The words of the what-if view.
import { words } from "../../app/settings";
import { count } from "../../ui/numbers";

export const w = words({
  en: {
    whatIf: "What if?", moreRows: "List more", notListed: "Losses are drawn of the companies listed below; others may lose something too.", drawn: (n: number) => `Drawn are the chains of ${count(n)} lines that may lose most, one each.`, between: (n: number) => `… ${n} more links …`,
    what: "What stops?", add: "Add a company, a product or a country", addHint: "e.g. Vertiv, Taiwan", addRegion: "sites in the region", nothingFound: "Nothing found", remove: (what: string) => `Remove ${what}`,
    company: "Company", product: "Product", country: "Country", region: "Region", near: "Place", relation: "Relation",
    all: "everything", only: "only", by: "What counts as there", by_headquarters: "companies with headquarters there", by_origin: "what ships from there", by_making: "what is made there", by_site: "what comes from sites there",
    left: "still delivers", leftHelp: "0%: it stops. 40%: it is lowered to 40% of what it delivers.", stopsWord: "stops", lowered: (p: string) => `lowered to ${p}`, days: "works again after", daysUnit: "days", more: "Options",
    title: "Name of the scenario", untitled: "Scenario without a name",
    assume: "What nobody states", assumeHelp: "Where sources are silent, losses are intervals. Suppose more, and they become narrower: how much narrower is shown at the answer.",
    complete: "Documented suppliers are all there are", essential: "No input can be done without", worst: "Undocumented suppliers are hit too", level: "Kinds of one product (HBM3E, HBM)", level_both: "either way", level_exact: "an input each", level_merged: "one input",
    start: "Choose what stops, or is lowered. The answer tells who loses how much of their output, after how long, and why.",
    // the answer
    company_: "Company", loss: "Loss", before: "Before", after: "After", tier: "Tier", felt: "First felt", lines: "What is lost", because: "Why", hit: "hit itself",
    affected: "Who loses something", affectedNote: "The part of the output that is lost, at least and at most. The company asked about comes first.", stopping: "What stops itself", none: "Nobody downstream is documented to lose anything.",
    csv: "Losses as CSV", onlyAffected: "Only what is affected", pictureOf: (n: string) => `How the loss spreads to ${n}`, pictureAll: "How the loss spreads", stoppedTier: "What stops", tierOf: (n: number) => `Tier ${n}`, yaml: "Scenario as YAML", json: "JSON", load: "Open a scenario file", loadFailed: "This file holds no scenario that can be read", share: "Compare and keep",
    picture: "How the loss spreads", showAll: (n: number) => `Show all ${count(n)}`, cut: (n: number, of: number) => `Listed are the ${count(n)} that may lose most, of ${count(of)}.`,
    chain: "Chain of the loss", whole: "The whole network", openWhole: "All who lose something", narrower: "What would narrow this", withAssumption: "If supposed", lossThen: "The loss would be", asIs: "As documented", factsToAsk: "Facts to find out",
    suppose: "Suppose this", supposed: "Supposed", stopSupposing: "Suppose nothing",
    both: "Both together", allThree: "All of this, and each kind of a product is an input of its own", kindsApart: "Each kind of a product is an input of its own", asSupposed: "With what is supposed", unknownTime: "unknown", money: "Money at risk",
    keep: "Keep this scenario", kept: "Kept scenarios", keptNote: "Kept in this browser only. The link in the address bar shares what is shown.", rename: "Rename", delete: "Delete", compare: (n: number) => `Compare ${n}`, pick: "Compare", name: "Name", save: "Save", cancel: "Cancel", choose: "Choose two or three to compare.",
    comparing: "Scenarios compared", backTo: "Open", noLoss: "none", beyond: (n: number) => `not among the first ${count(n)}`, lossUnknown: "not worked out", comparedFirst: (n: number, of: readonly number[]) => `Of scenario ${of.join(", ")}, only the ${count(n)} that may lose most are compared; others may lose something too.`, addCurrent: "this one", compareNote: "Loss of output, at least and at most; none where a scenario does not reach a company.",
  },
  zh: {
    whatIf: "假设情景", moreRows: "列出更多", notListed: "图中仅标出下方所列公司的损失，其他公司也可能受损。", drawn: (n: number) => `图中为可能损失最大的 ${count(n)} 项业务，各画一条传导路径。`, between: (n: number) => `… 中间还有 ${n} 个环节 …`,
    what: "假设什么中断？", add: "添加公司、产品或国家/地区", addHint: "例如：维谛技术、液冷、台湾", addRegion: "该地区的设施", nothingFound: "未找到", remove: (what: string) => `移除${what}`,
    company: "公司", product: "产品", country: "国家/地区", region: "地区", near: "地点", relation: "供应关系",
    all: "全部业务", only: "仅限", by: "如何界定“位于当地”", by_headquarters: "总部在当地的公司", by_origin: "从当地发货的供应", by_making: "在当地生产的产品", by_site: "来自当地设施的供应",
    left: "剩余产能", leftHelp: "0% 表示完全中断；40% 表示供应降至原来的 40%。", stopsWord: "完全中断", lowered: (p: string) => `降至 ${p}`, days: "恢复所需时间", daysUnit: "天", more: "选项",
    title: "情景名称", untitled: "未命名情景",
    assume: "缺失信息如何处理", assumeHelp: "来源未说明之处，损失以区间表示。增加假设可使区间收窄，收窄多少见下方结果。",
    complete: "已记录的供应商即为全部", essential: "任何投入品都不可或缺", worst: "未记录的供应商同样中断", level: "同类产品（如 HBM3E 与 HBM）", level_both: "两种算法都计", level_exact: "各算一种投入", level_merged: "合并为一种投入",
    start: "请选择中断或减产的对象，即可看到谁会损失多少产出、多久之后受影响，以及原因。",
    company_: "公司", loss: "损失", before: "补救前", after: "补救后", tier: "层级", felt: "最早影响", lines: "受损业务", because: "原因", hit: "自身中断",
    affected: "受影响的公司", affectedNote: "损失的产出比例：最少至最多。所查公司列在最前。", stopping: "自身中断", none: "没有记录显示下游会受到损失。",
    csv: "下载损失 CSV", onlyAffected: "仅显示受影响者", pictureOf: (n: string) => `损失如何传导至${n}`, pictureAll: "损失如何传导", stoppedTier: "自身中断", tierOf: (n: number) => `第 ${n} 层`, yaml: "下载情景 YAML", json: "JSON", load: "打开情景文件", loadFailed: "无法从此文件读取情景", share: "比较与保存",
    picture: "损失如何传导", showAll: (n: number) => `显示全部 ${count(n)} 项`, cut: (n: number, of: number) => `仅列出可能损失最大的 ${count(n)} 项，共 ${count(of)} 项。`,
    chain: "传导路径", whole: "全网", openWhole: "查看全部受影响者", narrower: "如何收窄这一区间", withAssumption: "假设", lossThen: "损失将为", asIs: "按现有记录", factsToAsk: "有待查明的事实",
    suppose: "采用此假设", supposed: "已采用", stopSupposing: "取消假设",
    both: "两者同时成立", allThree: "以上皆成立，且同类产品各算一种投入", kindsApart: "同类产品各算一种投入", asSupposed: "按已采用的假设", unknownTime: "未知", money: "受影响金额",
    keep: "保存此情景", kept: "已保存的情景", keptNote: "仅保存在此浏览器中；复制地址栏链接即可分享当前内容。", rename: "重命名", delete: "删除", compare: (n: number) => `比较 ${n} 个情景`, pick: "加入比较", name: "名称", save: "保存", cancel: "取消", choose: "请选择两到三个情景进行比较。",
    comparing: "情景对比", backTo: "打开", noLoss: "无", beyond: (n: number) => `不在前 ${count(n)} 项之列`, lossUnknown: "未算出", comparedFirst: (n: number, of: readonly number[]) => `情景 ${of.join("、")} 仅对比可能损失最大的 ${count(n)} 项，其他公司也可能受损。`, addCurrent: "当前情景", compareNote: "损失的产出比例：最少至最多；情景未波及的公司记为“无”。",
  },
});
