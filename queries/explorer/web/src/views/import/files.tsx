// The first step: the files, dropped or chosen.
import { useState } from "preact/hooks";
import { address, change as go } from "../../app/address";
import { language, words } from "../../app/settings";
import { count } from "../../ui/numbers";
import { add, drafts, lookups, remove, type Draft } from "./state";
import { reportOf } from "./report";

const w = words({
  en: {
    drop: "Drop files here", choose: "or choose files", help: "CSV, JSON, JSON Lines, Excel or Parquet, also zipped. Two columns are enough: supplier and buyer. A mapping (.yaml) may come along. Nothing is imported yet.",
    files: "Files", remove: "Take away", checking: "being read", drafting: "mapping being drafted", importing: "being imported", done: "imported", failed: "cannot be read", stopped: "stopped", unfinished: "not imported", ready: (n: number) => `${count(n)} rows understood`, rejected: (n: number) => `, ${count(n)} rejected`, waiting: "waits",
    beside: (names: string) => `Beside them, to look up in: ${names}`,
  },
  zh: {
    drop: "将文件拖放到此处", choose: "或选择文件", help: "支持 CSV、JSON、JSON Lines、Excel 和 Parquet，也可压缩。两列即可：supplier（供应商）与 buyer（采购方）。可附上映射文件（.yaml）。此时尚不会导入任何内容。",
    files: "文件", remove: "移除", checking: "正在读取", drafting: "正在起草映射", importing: "正在导入", done: "已导入", failed: "无法读取", stopped: "已停止", unfinished: "未能导入", ready: (n: number) => `已识别 ${count(n)} 行`, rejected: (n: number) => `，${count(n)} 行被拒`, waiting: "等待中",
    beside: (names: string) => `另有供查找的文件：${names}`,
  },
});

export function Files({ active }: { active: Draft | undefined }) {
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])];
    if (files.length > 0) void add(files, (id) => go({ file: id, import: null }, true));
  };
  const beside = [...lookups.value.keys()].filter((name) => !drafts.value.some((d) => d.file.name === name));
  return (
    <>
      <div class={over ? "import-drop over" : "import-drop"} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer?.files); }}>
        <strong>{w().drop}</strong>
        <label class="button">{w().choose}<input type="file" multiple class="unseen" onChange={(e) => { take(e.currentTarget.files); e.currentTarget.value = ""; }} /></label>
        <small>{w().help}</small>
      </div>
      {drafts.value.length > 0 && (
        <ul class="import-files" aria-label={w().files}>
          {drafts.value.map((d) => (
            <li key={d.id} class={d === active ? "here" : undefined}>
              <button type="button" class="plain" aria-pressed={d === active} onClick={() => go({ file: d.id, import: d.done?.id }, true)}>{d.file.name}</button>
              <span class="number">{size(d.file.size)}</span>
              <span>{stateOf(d)}</span>
              <button type="button" aria-label={`${w().remove}: ${d.file.name}`} title={w().remove} onClick={() => remove(d.id)}>×</button>
            </li>
          ))}
        </ul>
      )}
      {beside.length > 0 && drafts.value.length > 0 && <p class="facts">{w().beside(beside.join(", "))}</p>}
    </>
  );
}

function stateOf(d: Draft): string {
  if (d.doing) return w()[d.doing];
  if (d.done) return w().done;
  if (d.stopped) return w().stopped;
  if (d.failure && d.broke === "importing") return w().unfinished;
  if (d.failure) return w().failed;
  const report = reportOf(d.dry);
  return report ? w().ready(report.rows) + (report.rejected ? w().rejected(report.rejected) : "") : w().waiting;
}

function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return (bytes / 1000 ** power).toLocaleString(language.value === "zh" ? "zh-CN" : "en", { maximumFractionDigits: 1 }) + " " + ["B", "kB", "MB", "GB"][power];
}

/** The file that the address names, else the first. */
export function activeDraft(): Draft | undefined {
  const wanted = Number(address.value.params.get("file"));
  return drafts.value.find((d) => d.id === wanted) ?? drafts.value[0];
}
