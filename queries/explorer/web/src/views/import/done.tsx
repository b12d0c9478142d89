// The last step: the report of an import that is over, or under way elsewhere.
import { useState } from "preact/hooks";
import { answer, api, Failure } from "../../api/client";
import type { ImportStatus } from "../../api/schema";
import { usePolled } from "../../api/poll";
import { forgetAnswers } from "../../api/use";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { Answered, FailureNote } from "../../ui/state";
import { Counts } from "./counts";
import { Rejections } from "./rejections";
import { reportOf, type Report } from "./report";
import { drafts } from "./state";

const w = words({
  en: {
    title: (x: string) => `Report: ${x}`, again: "The same contents were imported before and are in force: nothing was done.", look: "Look at what came in", review: "Names that may be one company", undo: "Take this import back", undone: "This import is taken back. What others said of the same comes to light again.", sure: "Take back everything that this import wrote?", yes: "Take it back", no: "Keep it",
    running: "Under way.", cancelled: "Stopped. What was written stays; importing the same file again goes on there.", interrupted: "The server stopped in the midst of it. Import the same file again to go on.", failed: "It failed.",
  },
  zh: {
    title: (x: string) => `报告：${x}`, again: "相同内容此前已导入且仍有效，未做任何更改。", look: "查看导入的公司", review: "可能为同一家公司的名称", undo: "撤销此次导入", undone: "此次导入已撤销。其他来源对相同事项的陈述重新生效。", sure: "撤销此次导入写入的全部内容？", yes: "撤销", no: "保留",
    running: "正在进行。", cancelled: "已停止。已写入的内容予以保留；再次导入同一文件即可继续。", interrupted: "服务器中途停止。再次导入同一文件即可继续。", failed: "导入失败。",
  },
});

export function Done({ id }: { id: string }) {
  const asked = usePolled(id, (signal) => answer(api.GET("/v1/imports/{id}", { params: { path: { id } }, signal })), (x) => x.status !== "running" && x.status !== "undoing");
  return <Answered asked={{ ...asked, loading: asked.loading && asked.data === undefined }}>{(status) => <Shown status={status} />}</Answered>;
}

function Shown({ status }: { status: ImportStatus }) {
  const [undone, setUndone] = useState(status.status === "undone");
  const report = reportOf(status);
  const { status: now } = status;
  return (
    <>
      <h3>{w().title(status.dataset)}</h3>
      {now !== "complete" && now !== "undone" && now !== "undoing" && <p role="status">{w()[now]}</p>}
      {status.problem && <FailureNote failure={new Failure(status.problem)} />}
      {report?.already_imported && <p class="note">{w().again}</p>}
      {report && <Counts report={report} />}
      {report && <Rejections of={status} />}
      {undone ? <p class="note" role="status">{w().undone}</p> : (
        <>
          {report && <CameIn report={report} dataset={status.dataset} />}
          {now === "complete" && status.key && <Undo id={status.key} undone={() => setUndone(true)} />}
        </>
      )}
    </>
  );
}

const mostLinks = 8;

/** Ways to the companies that the file speaks of, by the names of its first rows and of the report. */
function CameIn({ report, dataset }: { report: Report; dataset: string }) {
  const seen = drafts.value.filter((d) => d.dataset === dataset).flatMap((d) => reportOf(d.dry)?.preview ?? []);
  const inRows = seen.flatMap((r) => r.statements).flatMap((s) => s.cells.filter((c) => ["supplier", "buyer", "maker", "owner", "owned"].includes(c.column) || (s.kind === "company" && c.column === "name")).map((c) => c.value));
  const names = [...new Set([...inRows, ...(report.companies.absorbed_examples ?? []).map((m) => m.mention), ...(report.companies.provisional_examples ?? [])])];
  return (
    <p class="came-in">
      {names.length > 0 && <><strong>{w().look}:</strong> {names.slice(0, mostLinks).map((name, i) => <>{i > 0 && " · "}<a key={name} href={link(["company", name])}>{name}</a></>)}<br /></>}
      {report.companies.provisional + report.companies.ambiguous > 0 && <a href={link(["review"])}>{w().review}</a>}
    </p>
  );
}

function Undo({ id, undone }: { id: string; undone: () => void }) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const takeBack = async () => {
    try {
      await answer(api.POST("/v1/imports/{id}/undo", { params: { path: { id } } }));
      undone();
      forgetAnswers();
    } catch (e) {
      setFailure(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return (
    <div class="buttons">
      {asking ? (
        <><span>{w().sure}</span><button type="button" class="danger" onClick={() => void takeBack()}>{w().yes}</button><button type="button" onClick={() => setAsking(false)}>{w().no}</button></>
      ) : <button type="button" onClick={() => setAsking(true)}>{w().undo}</button>}
      {failure && <FailureNote failure={failure} />}
    </div>
  );
}
