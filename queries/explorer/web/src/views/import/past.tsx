// Imports of before, each with the way to its report.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { link } from "../../app/address";
import { language, words } from "../../app/settings";
import { count } from "../../ui/numbers";
import { Answered } from "../../ui/state";

const w = words({
  en: { title: "Earlier imports", dataset: "Dataset", at: "When", outcome: "Outcome", created: "New", changed: "Changed", withdrawn: "Withdrawn", all: (n: number) => `Show all ${count(n)}`, none: "Nothing was imported yet.", running: "under way", complete: "complete", failed: "failed", cancelled: "stopped", interrupted: "interrupted", undoing: "being taken back", undone: "taken back" },
  zh: { title: "以往的导入", dataset: "数据集", at: "时间", outcome: "结果", created: "新增", changed: "变更", withdrawn: "撤回", all: (n: number) => `显示全部 ${count(n)} 条`, none: "尚未导入任何内容。", running: "进行中", complete: "完成", failed: "失败", cancelled: "已停止", interrupted: "已中断", undoing: "撤销中", undone: "已撤销" },
});

const first = 10;

export function Past() {
  const [all, setAll] = useState(false);
  const asked = useAnswer("imports", (signal) => answer(api.GET("/v1/imports", { signal })));
  return (
    <section>
      <h2>{w().title}</h2>
      <Answered asked={asked}>
        {(data) => data.items.length === 0 ? <p class="facts">{w().none}</p> : (
          <>
            <table class="cards import-past">
              <thead><tr><th>{w().dataset}</th><th>{w().at}</th><th>{w().outcome}</th><th class="number">{w().created}</th><th class="number">{w().changed}</th><th class="number">{w().withdrawn}</th></tr></thead>
              <tbody>
                {data.items.slice(0, all ? undefined : first).map((x) => (
                  <tr key={x.id + x.started}>
                    <td><a href={link(["import"], { import: x.id })}>{x.dataset}</a></td>
                    <td>{new Date(x.started).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" })}</td>
                    <td>{w()[x.status]}</td>
                    <td class="number" data-label={w().created}>{x.counts && count(x.counts.created)}</td><td class="number" data-label={w().changed}>{x.counts && count(x.counts.changed)}</td><td class="number" data-label={w().withdrawn}>{x.counts && count(x.counts.withdrawn)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {!all && data.items.length > first && <button type="button" onClick={() => setAll(true)}>{w().all(data.items.length)}</button>}
          </>
        )}
      </Answered>
    </section>
  );
}
