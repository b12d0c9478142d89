// Looks for doubtful names in the graph: a job of the server, with its progress and what it did.
import { useEffect, useState } from "preact/hooks";
import { answer, api, Failure, isOver } from "../../api/client";
import type { JobStatus, Report } from "../../api/schema";
import { usePolled } from "../../api/poll";
import { forgetAnswers } from "../../api/use";
import { address, change } from "../../app/address";
import { person } from "../../app/person";
import { words } from "../../app/settings";
import { count, percent } from "../../ui/numbers";
import { FailureNote } from "../../ui/state";

const w = words({
  en: {
    look: "Look for doubtful names", help: "Compares names that no file describes with every company, merges what is certain, and puts the rest into the queue.", all: "also compare companies that are described, by their names", looking: "Comparing names…",
    of: (n: number, of: number) => `${count(n)} of ${count(of)} names`, stop: "Stop", stopped: "Stopped. What was merged until then stays.", close: "Close",
    did: (r: Report) => `Among ${count(r.companies)} companies, ${count(r.names)} names were compared. Merged without asking: ${count(r.merged)}. To be decided: ${count(r.reviews)}, of these new: ${count(r.reviews_new)}.`,
    merged: (n: number) => `What was merged (${count(n)})`, takeBack: "Take the merges back", tookBack: (n: number) => `Taken back: ${count(n)}. The next run asks about these pairs.`, is: "is",
  },
  zh: {
    look: "查找存疑名称", help: "将没有文件描述的名称与全部公司比对：确定无疑的直接合并，其余放入队列。", all: "同时按名称比对已有描述的公司", looking: "正在比对名称……",
    of: (n: number, of: number) => `${count(n)} / ${count(of)} 个名称`, stop: "停止", stopped: "已停止。此前的合并予以保留。", close: "关闭",
    did: (r: Report) => `共 ${count(r.companies)} 家公司，比对了 ${count(r.names)} 个名称：自动合并 ${count(r.merged)} 个，待决定 ${count(r.reviews)} 对，其中新增 ${count(r.reviews_new)} 对。`,
    merged: (n: number) => `已合并的名称（${count(n)}）`, takeBack: "撤回这些合并", tookBack: (n: number) => `已撤回 ${count(n)} 个合并，下次查找时将询问这些名称。`, is: "即",
  },
});

export function Look() {
  const [all, setAll] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const [report, setReport] = useState<Report>();
  const id = address.value.params.get("job") ?? "";
  const job = usePolled(id, (signal) => answer(api.GET("/v1/jobs/{id}", { params: { path: { id } }, signal })), (j) => j.status !== "running");
  const status = job.data?.status;
  useEffect(() => {
    if (status && status !== "running") forgetAnswers();
  }, [status]);
  const start = async () => {
    setFailure(undefined);
    setReport(undefined);
    try {
      const begun: JobStatus | Report = await answer(api.POST("/v1/resolve/graph", { params: { query: { all, by: person.value.trim() || undefined }, header: { Prefer: "respond-async" } } }));
      if ("kind" in begun) {
        change({ job: begun.id }, true);
      } else { // it was over at once
        change({ job: null }, true);
        setReport(begun);
        forgetAnswers();
      }
    } catch (e) {
      setFailure(e instanceof Error ? e : new Error(String(e)));
    }
  };
  const running = id !== "" && !job.failure && (status === undefined || status === "running");
  const did = report ?? job.data?.report;
  return (
    <section class="panel review-look" aria-label={w().look}>
      <p>{w().help}</p>
      <div class="buttons">
        <button type="button" disabled={running} onClick={() => void start()}>{w().look}</button>
        <label class="check"><input type="checkbox" checked={all} disabled={running} onChange={(e) => setAll(e.currentTarget.checked)} /> {w().all}</label>
      </div>
      {failure && <FailureNote failure={failure} />}
      {job.failure && <FailureNote failure={job.failure} />}
      {running && <Running job={job.data} id={id} />}
      {status === "cancelled" && <p role="status">{w().stopped}</p>}
      {status === "failed" && job.data?.problem && <FailureNote failure={new Failure(job.data.problem)} />}
      {did && <Did report={did} close={() => { setReport(undefined); change({ job: null }, true); }} />}
    </section>
  );
}

function Running({ job, id }: { job: JobStatus | undefined; id: string }) {
  const [failure, setFailure] = useState<Error>();
  const stop = async () => {
    setFailure(undefined);
    try {
      await answer(api.DELETE("/v1/jobs/{id}", { params: { path: { id } } }));
    } catch (e) {
      if (!isOver(e)) setFailure(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return (
    <div class="running" role="status">
      <progress max={job?.total || undefined} value={job?.total ? job.done : undefined} aria-label={w().looking} />
      <span>{job?.total ? w().of(job.done, job.total) : w().looking}</span>
      <button type="button" onClick={() => void stop()}>{w().stop}</button>
      {failure && <FailureNote failure={failure} />}
    </div>
  );
}

function Did({ report, close }: { report: Report; close: () => void }) {
  const [back, setBack] = useState<number>();
  const [failure, setFailure] = useState<Error>();
  const merges = report.proposals.filter((p) => p.decision === "match");
  const takeBack = async (run: string) => {
    try {
      const undone = await answer(api.DELETE("/v1/resolve/runs/{id}", { params: { path: { id: run } } }));
      setBack(undone.unmerged);
      forgetAnswers();
    } catch (e) {
      setFailure(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return (
    <div class="note did">
      <p role="status">{back === undefined ? w().did(report) : w().tookBack(back)}</p>
      {merges.length > 0 && back === undefined && (
        <details>
          <summary>{w().merged(report.merged)}</summary>
          <ul>{merges.map((p) => <li key={p.id}>{p.name} <span class="quiet">{w().is}</span> {p.candidate_name} <span class="quiet">{percent(p.score)}</span></li>)}</ul>
          {report.run && <button type="button" onClick={() => void takeBack(report.run ?? "")}>{w().takeBack}</button>}
        </details>
      )}
      {failure && <FailureNote failure={failure} />}
      <button type="button" class="plain" onClick={close}>{w().close}</button>
    </div>
  );
}
