// On whom most hangs: the ranking of systemic risk. On a large network it is worked out once it is wanted, as a job.
import { useState } from "preact/hooks";
import type { JobStatus, SystemicAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { usePolled } from "../../api/poll";
import { useAnswer } from "../../api/use";
import { address, change } from "../../app/address";
import { words } from "../../app/settings";
import { Csv } from "../../ui/export";
import { count } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered, FailureNote } from "../../ui/state";
import type { FaceProps } from ".";
import { Ranking } from "./ranking";

const w = words({
  en: {
    title: "What is lost when a company stops", start: "Work out the ranking", again: "Start again", cancel: "Cancel", cancelled: "Cancelled. What was worked out is kept.",
    lead: "The Economic Systemic Risk Index: the part of all documented sales that is lost when one company stops, for want of its goods downstream and for want of its orders upstream.",
    large: (n: number) => `With ${count(n)} companies this takes minutes. It goes on when you leave the page.`,
    missing: "Relations without a value", equal: "count like the mean of the others", leave_out: "are left out",
    scored: (done: number, total: number) => `${count(done)} of ${count(total)} companies scored`, preparing: "Preparing…", stopping: "Cancelling…",
  },
  zh: {
    title: "一家公司中断会损失多少", start: "计算排名", again: "重新开始", cancel: "取消", cancelled: "已取消，已算出的部分予以保留。",
    lead: "经济系统性风险指数（ESRI）：一家公司中断时，下游因缺货、上游因失去订单而损失的销售额占全部有记录销售额的比例。",
    large: (n) => `共 ${count(n)} 家公司，计算需数分钟；离开本页后仍会继续。`,
    missing: "未注明金额的关系", equal: "按其余关系的均值计入", leave_out: "不计入",
    scored: (done, total) => `已评分 ${count(done)} / ${count(total)} 家公司`, preparing: "正在准备…", stopping: "正在取消…",
  },
});

type Missing = "equal" | "leave_out";

/** From so many companies on nothing is begun unasked. */
const large = 20_000;
const shown = 20;

export function Risk({ stats }: FaceProps) {
  const { params } = address.value;
  const missing: Missing = params.get("missing") === "leave_out" ? "leave_out" : "equal";
  const wanted = stats.companies.count <= large || params.has("start");
  return (
    <section aria-labelledby="risk-title">
      <div class="network-head">
        <h2 id="risk-title">{w().title}</h2>
        <label>{w().missing}{" "}
          <select value={missing} onChange={(e) => change({ missing: e.currentTarget.value === "equal" ? null : e.currentTarget.value })}>
            {(["equal", "leave_out"] as const).map((m) => <option key={m} value={m}>{w()[m]}</option>)}
          </select>
        </label>
        {wanted && <Csv path="/v1/systemic-risk" query={{ missing_value: missing, limit: 1000, ...scope() }} name="systemic-risk.csv" />}
      </div>
      <p class="about">{w().lead}</p>
      {wanted ? <Scores key={missing + scopeKey()} missing={missing} /> : (
        <p class="note">{w().large(stats.companies.count)} <button type="button" class="primary" onClick={() => change({ start: true })}>{w().start}</button></p>
      )}
    </section>
  );
}

/** How long the server may work before it says that there is a job. */
const patience = 1500;

function isJob(a: SystemicAnswer | JobStatus | undefined): a is JobStatus {
  return a !== undefined && "result" in a;
}

function Scores({ missing }: { missing: Missing }) {
  const [attempt, setAttempt] = useState(0);
  const query = { limit: shown, missing_value: missing, ...scope() } as const;
  const key = `risk ${missing} ${scopeKey()} ${attempt}`;
  const asked = useAnswer(key, (signal) => answer(api.GET("/v1/systemic-risk", { params: { query: { ...query, timeout_ms: patience } }, signal })));
  const job = isJob(asked.data) ? asked.data.id : "";
  const polled = usePolled(job && "job " + job, (signal) => answer(api.GET("/v1/jobs/{id}", { params: { path: { id: job } }, signal })), (s) => s.status !== "running");
  const over = polled.data?.status === "complete";
  const scores = useAnswer(over ? `${key} of ${job}` : "", (signal) => answer(api.GET("/v1/systemic-risk", { params: { query }, signal })));
  if (job === "") return <Answered asked={asked}>{(a) => !isJob(a) && <Ranking of={a} />}</Answered>;
  if (over) return <Answered asked={scores}>{(a) => !isJob(a) && <Ranking of={a} />}</Answered>;
  if (polled.failure) return <FailureNote failure={polled.failure} />;
  if (polled.data?.status === "cancelled") return <p class="note" role="status">{w().cancelled} <button type="button" onClick={() => setAttempt(attempt + 1)}>{w().again}</button></p>;
  if (polled.data?.status === "failed") return <FailureNote failure={new Error(polled.data.problem?.detail ?? "")} />;
  return <Progress of={polled.data} id={job} />;
}

function Progress({ of, id }: { of: JobStatus | undefined; id: string }) {
  const [stopping, setStopping] = useState(false);
  const cancel = () => {
    setStopping(true);
    // A job that ended in the meantime is none to cancel: the next poll says so.
    void api.DELETE("/v1/jobs/{id}", { params: { path: { id } } }).catch(() => setStopping(false));
  };
  return (
    <div class="note progress" role="status">
      <progress max={of?.total || undefined} value={of?.total ? of.done : undefined} aria-label={w().title} />
      <span>{stopping ? w().stopping : of?.total ? w().scored(of.done, of.total) : w().preparing}</span>
      <button type="button" disabled={stopping} onClick={cancel}>{w().cancel}</button>
    </div>
  );
}
