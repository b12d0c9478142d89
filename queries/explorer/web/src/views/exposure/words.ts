// The words of the frame of the view: its sections and what each of them is about.
import { words } from "../../app/settings";

export const w = words({
  en: {
    sections: "Sections", filters: "What counts", report: "Report", reportHint: "Download the whole as one document, with footnotes (HTML)", questionnaire: "Questionnaire", questionnaireHint: "Download the questions as a table to send out and fill in",
    title: { exposures: "Ranked exposures", chokepoints: "Chokepoints", concentration: "Concentration", common: "Common suppliers", sanctions: "Sanctions", changes: "Changes", gaps: "What to find out" },
    about: {
      exposures: "What the company loses if another stops, and what part of its intake comes from there. Every number is at least and at most, within what is documented.",
      chokepoints: "Where what the company buys depends on one other company.",
      concentration: "How far each input rests on few suppliers, with the bounds that unknown shares leave.",
      common: "Two suppliers are no safety where both buy from the same third: companies that several direct suppliers depend on, and that the company itself does not buy from.",
      sanctions: "Who is listed by an authority, or blocked because of who owns it, among everything documented upstream.",
      changes: "What is different between two days: relations that appeared, ended or say otherwise, and the numbers that moved.",
      gaps: "The facts that would narrow the largest exposures most, as questions to those who know.",
    },
  },
  zh: {
    sections: "本页内容", filters: "计入范围", report: "报告", reportHint: "下载带脚注的完整报告（HTML）", questionnaire: "问卷", questionnaireHint: "下载可发送填写的问题表",
    title: { exposures: "敞口排名", chokepoints: "瓶颈", concentration: "集中度", common: "共同供应商", sanctions: "制裁", changes: "变化", gaps: "待查事实" },
    about: {
      exposures: "他方停供时本公司的损失，以及采购中来自该处的比例。所有数字均为已有记录范围内的下限与上限。",
      chokepoints: "本公司的采购在哪些地方依赖单独一家公司。",
      concentration: "各投入品对少数供应商的依赖程度，以及未知份额所留下的区间。",
      common: "若两家供应商都向同一第三方采购，双重货源并不保险：此处列出多家直接供应商共同依赖、而本公司并不直接采购的公司。",
      sanctions: "在全部有记录的上游中，谁被主管机构列名，或因股权归属而受限。",
      changes: "两个日期之间的差异：新出现、已终止或内容改变的关系，以及随之变动的数字。",
      gaps: "最能收窄主要敞口的事实，以问题形式向知情者提出。",
    },
  },
});
