// The first rows as they would land: a table for each kind of statement.
import { words } from "../../app/settings";
import { countryName } from "../../ui/names";
import { count, percent } from "../../ui/numbers";
import type { PreviewRecord, Statement } from "./report";
import { columnName, kindName } from "./terms";

const w = words({
  en: { title: "The first rows, as they would land", row: "Row", sum: "added up", leftOut: "left out", rejected: "rejected", others: (n: number) => `Of these rows, ${count(n)} do not land` },
  zh: { title: "前几行的导入效果", row: "行", sum: "汇总", leftOut: "略过", rejected: "被拒", others: (n: number) => `其中 ${count(n)} 行不会导入` },
});

/** Columns that say where a thing is written rather than what it is: they come last. */
const last = ["basis", "confidence", "asserted_by", "source", "quote", "locator"];

export function Preview({ of }: { of: readonly PreviewRecord[] }) {
  const kinds = new Map<string, { row: number | undefined; statement: Statement }[]>();
  for (const record of of) {
    for (const statement of record.statements) kinds.set(statement.kind, [...(kinds.get(statement.kind) ?? []), { row: record.added_up ? undefined : record.row, statement }]);
  }
  const lost = of.filter((r) => r.left_out || r.rejected);
  return (
    <section class="import-preview">
      <h3>{w().title}</h3>
      {[...kinds].map(([kind, rows]) => <Kind key={kind} kind={kind} rows={rows} />)}
      {lost.length > 0 && (
        <details>
          <summary>{w().others(lost.length)}</summary>
          <ul>{lost.map((r) => <li key={r.row}>{w().row} {r.row}: {r.left_out ? w().leftOut : w().rejected}, <span lang="en">{r.left_out ?? r.rejected}</span></li>)}</ul>
        </details>
      )}
    </section>
  );
}

function Kind({ kind, rows }: { kind: string; rows: readonly { row: number | undefined; statement: Statement }[] }) {
  const columns = [...new Set(rows.flatMap((r) => r.statement.cells.map((c) => c.column)))].sort((a, b) => last.indexOf(a) - last.indexOf(b));
  return (
    <>
      <h4>{kindName(kind)}</h4>
      <div class="scroll" role="region" tabIndex={0} aria-label={kindName(kind)}>
        <table>
          <thead><tr><th class="number">{w().row}</th>{columns.map((c) => <th key={c} class={isNumber(c) ? "number" : undefined}>{columnName(c)}</th>)}</tr></thead>
          <tbody>
            {rows.map(({ row, statement }, i) => (
              <tr key={i}>
                <td class="number">{row ?? w().sum}</td>
                {columns.map((c) => <td key={c} class={isNumber(c) ? "number" : c}>{cellText(c, statement.cells.find((x) => x.column === c)?.value)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function isNumber(column: string): boolean {
  return /share|confidence|^value$|quantity|_days$|revenue|cost$/.test(column);
}

function cellText(column: string, value: string | undefined): string {
  if (!value) return "";
  if (/share|confidence/.test(column) && /^[\d.]+$/.test(value)) return percent(Number(value));
  return /country|jurisdiction/.test(column) ? countryName(value) : value;
}
