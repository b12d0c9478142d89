// Rows that are not imported, with what is wrong and what is allowed; all of them as a file to mend.
import type { ImportStatus } from "../../api/schema";
import { words } from "../../app/settings";
import { Download } from "../../ui/export";
import { count } from "../../ui/numbers";
import { reportOf } from "./report";
import { columnName } from "./terms";

const w = words({
  en: { title: (n: number) => `Rejected (${count(n)})`, row: "Row", field: "Field", found: "Found", reason: "What is wrong", whole: "the whole row", first: (n: number) => `The first ${count(n)} are listed; the file holds all.`, download: "Download the rejected rows", help: "As they were, each with its number and the reason in front. Mend them and drop the file here." },
  zh: { title: (n: number) => `被拒（${count(n)}）`, row: "行", field: "字段", found: "内容", reason: "问题及允许的内容", whole: "整行", first: (n: number) => `仅列出前 ${count(n)} 条，文件中包含全部。`, download: "下载被拒的行", help: "保持原样，前面附行号和原因。改正后把文件拖回此处即可。" },
});

export function Rejections({ of }: { of: ImportStatus }) {
  const report = reportOf(of);
  const list = report?.rejections ?? [];
  const total = (report?.rejected ?? 0) + (report?.refused ?? 0);
  if (!report || total === 0) return null;
  const { rejects } = of;
  return (
    <section class="import-rejections">
      <h3>{w().title(total)}</h3>
      <div class="scroll" role="region" tabIndex={0} aria-label={w().title(total)}>
        <table class="cards">
          <thead><tr><th class="number">{w().row}</th><th>{w().field}</th><th>{w().found}</th><th>{w().reason}</th></tr></thead>
          <tbody>
            {list.map((r, i) => (
              <tr key={i}><td class="number" data-label={w().row}>{r.row}</td><td data-label={w().field}>{r.column ? columnName(r.column) : w().whole}</td><td class="found" data-label={w().found}>{r.found}</td><td lang="en">{r.reason}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.length < total && <p class="facts">{w().first(list.length)}</p>}
      {rejects && <p><Download path={rejects}>{w().download}</Download> <small>{w().help}</small></p>}
    </section>
  );
}
