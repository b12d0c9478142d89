// Brings files in: what is understood of them is shown before anything is written.
import { address, change as go } from "../../app/address";
import { words } from "../../app/settings";
import { count } from "../../ui/numbers";
import { FailureNote } from "../../ui/state";
import { Counts } from "./counts";
import { Done } from "./done";
import { activeDraft, Files } from "./files";
import { MappingEditor } from "./mapping";
import { Past } from "./past";
import { Preview } from "./preview";
import { Rejections } from "./rejections";
import { reportOf } from "./report";
import { bringIn, cancel, change, check, drafts, type Draft } from "./state";
import { recordsName } from "./terms";
import "./import.css";

const w = words({
  en: {
    title: "Import", files: "Files", understood: "What was understood", bring: "Import", report: "Report", sending: "Sending…", reading: "Reading…", drafting: "Drafting a mapping…", writing: "Writing…", rows: (n: number) => `${count(n)} rows`, of: (n: number, of: number) => `${count(n)} of ${count(of)} rows`, cancel: "Stop",
    asOurs: (records: string) => `Its columns are known: the rows are ${records}.`, asFormat: (format: string) => `A known format: ${format}.`, asMapping: "Read by the mapping below.", encoding: (x: string) => `Encoding: ${x}.`,
    dataset: "Dataset", datasetHelp: "What the file is a version of. Importing the dataset again changes what it said before; other datasets are never touched.", replace: "This is all that the dataset says now", replaceHelp: "What the dataset said before and this file does not say is withdrawn. Otherwise it stays.",
    go: (x: string) => `Import ${x}`, all: (n: number) => `Import all ${n} files`, nothing: "No row could be understood; nothing can be imported.", stopped: "Stopped.", halted: "Stopped. What was written stays; importing the file again goes on there.", again: "Read it again",
  },
  zh: {
    title: "导入", files: "文件", understood: "识别结果", bring: "导入", report: "报告", sending: "正在发送……", reading: "正在读取……", drafting: "正在起草映射……", writing: "正在写入……", rows: (n: number) => `${count(n)} 行`, of: (n: number, of: number) => `${count(n)} / ${count(of)} 行`, cancel: "停止",
    asOurs: (records: string) => `各列均可识别，每行为${records}。`, asFormat: (format: string) => `已知格式：${format}。`, asMapping: "按下方的映射读取。", encoding: (x: string) => `编码：${x}。`,
    dataset: "数据集", datasetHelp: "该文件所属的数据集。再次导入同一数据集会更新其此前的内容，不会影响其他数据集。", replace: "这是该数据集目前的全部内容", replaceHelp: "该数据集此前有而此文件没有的内容将被撤回；否则予以保留。",
    go: (x: string) => `导入 ${x}`, all: (n: number) => `导入全部 ${n} 个文件`, nothing: "没有可以理解的行，无法导入。", stopped: "已停止。", halted: "已停止。已写入的内容予以保留；再次导入该文件即可继续。", again: "重新读取",
  },
});

export function ImportView() {
  const d = activeDraft();
  const shown = address.value.params.get("import") ?? d?.done?.id;
  return (
    <section class="import">
      <h1>{w().title}</h1>
      <section class="panel"><h2><Step n={1} />{w().files}</h2><Files active={shown ? drafts.value.find((x) => x.done?.id === shown) : d} /></section>
      {shown ? <section class="panel" key={shown}><h2><Step n={4} />{w().report}</h2><Done id={shown} /></section> : d && <Steps draft={d} key={d.id} />}
      <Past />
    </section>
  );
}

function Step({ n }: { n: number }) {
  return <span class="step">{n}</span>;
}

function Steps({ draft: d }: { draft: Draft }) {
  const report = reportOf(d.dry);
  const checking = d.doing === "checking" || d.doing === "drafting";
  const mappingIsWrong = !!d.failure && "problem" in d.failure && (d.failure.problem as { mapping_errors?: unknown[] }).mapping_errors !== undefined;
  const unread = d.broke === "checking";
  const usable = report && !unread && report.rows > report.rejected && !d.stale;
  const ready = drafts.value.filter((x) => x.dry && !x.done && !x.doing && !x.stale);
  const bringInto = async (of: readonly Draft[]) => {
    let last: string | undefined;
    for (const x of of) last = (await bringIn(x.id)) ?? last;
    if (last) go({ import: last }, true);
  };
  return (
    <>
      <section class="panel" aria-busy={checking}>
        <h2><Step n={2} />{w().understood}</h2>
        {checking && <Progress draft={d} />}
        {unread && d.failure && !mappingIsWrong && !checking && <FailureNote failure={d.failure} />}
        {unread && d.stopped && !checking && <p role="status">{w().stopped} <button type="button" onClick={() => void check(d.id)}>{w().again}</button></p>}
        {report && !(unread && d.failure) && (
          <div class={checking || d.stale ? "answer stale" : "answer"}>
            <p>{report.files.map((f) => (f.conversion ? (d.mapping !== undefined ? w().asMapping : w().asFormat(f.conversion.format)) : w().asOurs(recordsName(f.records))) + (f.encoding ? " " + w().encoding(f.encoding) : ""))}</p>
            {report.preview && report.preview.length > 0 && <Preview of={report.preview} />}
            <Counts report={report} />
            {d.dry && <Rejections of={d.dry} />}
          </div>
        )}
        {(report || d.mapping !== undefined || d.failure) && <MappingEditor draft={d} />}
      </section>
      {(usable || d.doing === "importing") && (
        <section class="panel">
          <h2><Step n={3} />{w().bring}</h2>
          <div class="import-into">
            <label>{w().dataset}<input value={d.dataset} maxLength={200} required disabled={!!d.doing} onInput={(e) => change(d.id, { dataset: e.currentTarget.value })} /><small>{w().datasetHelp}</small></label>
            <label class="check"><input type="checkbox" checked={d.replace} disabled={!!d.doing} onChange={(e) => { change(d.id, { replace: e.currentTarget.checked }); void check(d.id); }} /> <span>{w().replace}<small>{w().replaceHelp}</small></span></label>
          </div>
          {d.broke === "importing" && d.failure && <FailureNote failure={d.failure} />}
          {d.broke === "importing" && d.stopped && <p class="note" role="status">{w().halted}</p>}
          {d.doing === "importing" ? <Progress draft={d} /> : (
            <div class="buttons">
              <button type="button" class="primary" disabled={!d.dataset.trim() || !!d.doing} onClick={() => void bringInto([d])}>{w().go(d.file.name)}</button>
              {ready.length > 1 && <button type="button" onClick={() => void bringInto(ready)}>{w().all(ready.length)}</button>}
            </div>
          )}
        </section>
      )}
      {report && report.rows <= report.rejected && !d.doing && <p class="note warnings">{w().nothing}</p>}
    </>
  );
}

function Progress({ draft: d }: { draft: Draft }) {
  const p = d.job?.progress;
  const part = d.sent < 1 && !d.job ? d.sent : p?.total_rows ? p.rows / p.total_rows : undefined;
  const text = d.sent < 1 && !d.job ? w().sending : d.doing === "drafting" ? w().drafting : p?.phase === "write" ? w().writing : w().reading;
  return (
    <div class="running" role="status">
      <progress max={1} value={part} aria-label={text} />
      <span>{text} {p && p.rows > 0 && (p.total_rows ? w().of(p.rows, p.total_rows) : w().rows(p.rows))}</span>
      <button type="button" onClick={() => void cancel(d.id)}>{w().cancel}</button>
      {d.unstopped && <FailureNote failure={d.unstopped} />}
    </div>
  );
}
