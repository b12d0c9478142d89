// Names that may be one company, for people to decide: the queue, and what was decided.
import { address, link } from "../../app/address";
import { words } from "../../app/settings";
import { Decided } from "./decided";
import { Look } from "./look";
import { Queue } from "./queue";
import "./review.css";

const w = words({
  en: { title: "Which names are one company?", intro: "Files write one company in many ways. What a rule is unsure of, a person decides; nothing that was imported changes, and every answer can be taken back.", status: "Pairs by what became of them", open: "To be decided", same: "One company", different: "Two companies", settled: "Settled otherwise", all: "All" },
  zh: { title: "哪些名称是同一家公司？", intro: "同一家公司在不同文件中写法各异。规则无法确定的，由人判断；已导入的内容不会改变，每项决定都可撤销。", status: "按结果筛选", open: "待决定", same: "同一家公司", different: "两家公司", settled: "已另行解决", all: "全部" },
});

const statuses = ["open", "same", "different", "settled", "all"] as const;

export function ReviewView() {
  const wanted = address.value.params.get("status");
  const status = statuses.find((s) => s === wanted) ?? "open";
  return (
    <section class="review">
      <h1>{w().title}</h1>
      <p class="facts">{w().intro}</p>
      <nav class="tabs" aria-label={w().status}>
        {statuses.map((s) => <a key={s} href={link(["review"], { status: s === "open" ? null : s })} aria-current={s === status ? "page" : undefined}>{w()[s]}</a>)}
      </nav>
      {status === "open" ? <><Queue /><Look /></> : <Decided status={status} key={status} />}
    </section>
  );
}
