// A list in columns: ranked, sorted by a click on a head, its first rows until all are wanted, a row opened to what is
// behind it. On a phone each row is a card. What is sorted by and which row is open stand in the address.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { address, change, changed } from "../app/address";
import { words } from "../app/settings";
import { count } from "./numbers";
import "./table.css";

const w = words({
  en: { all: (n: number) => `Show all ${count(n)}`, fewer: "Show fewer", why: "Why", close: "Close", sort: (by: string) => `Sort by: ${by}`, rank: "Rank", order: "Order" },
  zh: { all: (n: number) => `显示全部 ${count(n)} 项`, fewer: "收起", why: "原因", close: "收起", sort: (by: string) => `排序：${by}`, rank: "排名", order: "排序" },
});

export interface Column<R> {
  readonly key: string;
  readonly head: string;
  /** What the head means, shown when the pointer rests on it. */
  readonly hint?: string;
  readonly number?: boolean;
  /** The title of the card that a row is on a phone. */
  readonly main?: boolean;
  readonly cell: (row: R) => ComponentChildren;
  /** Puts the rows in the order of this column, what matters most first. */
  readonly compare?: (a: R, b: R) => number;
}

interface Props<R> {
  /** Tells this table from the others of the page, in the address. */
  readonly name: string;
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly id: (row: R) => string;
  readonly ranked?: boolean;
  readonly first?: number;
  readonly total?: number;
  /** The order where no column is chosen; else that of the rows. */
  readonly compare?: (a: R, b: R) => number;
  /** What is behind a row. */
  readonly open?: (row: R) => ComponentChildren;
  readonly openWord?: string;
}

export function Table<R>({ name, label, rows, columns, id, ranked, first = 15, total, compare, open, openWord }: Props<R>) {
  const [all, setAll] = useState(false);
  const params = address.value.params;
  const by = columns.find((c) => c.compare && c.key === params.get(name + "_sort"));
  const opened = params.get(name + "_row");
  const order = by?.compare ?? compare;
  // Equal rows of a chosen order stand in the order that is usual.
  const usual = compare ? [...rows].sort(compare) : rows;
  const sorted = (order && order !== compare ? [...usual].sort(order) : usual).map((row, i) => ({ row, key: id(row), rank: i + 1 }));
  const whole = all || rows.length <= first + 2;
  // A row that a link opens is shown wherever it stands.
  const shown = sorted.filter((r) => whole || r.rank <= first || r.key === opened);
  const span = columns.length + (ranked ? 1 : 0) + (open ? 1 : 0);
  const sortable = columns.filter((c) => c.compare);
  return (
    <>
      {sortable.length > 1 && (
        <label class="rows-order">{w().order}
          <select value={by?.key ?? ""} onChange={(e) => change({ [name + "_sort"]: e.currentTarget.value }, true)}>
            {!sortable.some((c) => c.key === "") && <option value="">{w().rank}</option>}
            {sortable.map((c) => <option key={c.key} value={c.key}>{c.head}</option>)}
          </select>
        </label>
      )}
      <table class="rows" aria-label={label}>
        <thead>
          <tr>
            {ranked && <th class="number" scope="col"><abbr title={w().rank}>#</abbr></th>}
            {columns.map((c) => (
              <th key={c.key} scope="col" class={c.number ? "number" : undefined} title={c.hint} aria-sort={c === by ? "descending" : undefined}>
                {c.compare
                  ? <button type="button" class="head" title={w().sort(c.head)} onClick={() => change({ [name + "_sort"]: c === by ? "" : c.key }, true)}>{c.head}<span aria-hidden="true">{c === by ? " ↓" : " ↕"}</span></button>
                  : c.head}
              </th>
            ))}
            {open && <th><span class="unseen">{openWord ?? w().why}</span></th>}
          </tr>
        </thead>
        {shown.map(({ row, key, rank }) => {
          const is = key === opened;
          return (
            <tbody key={key}>
              <tr class={is ? "opened" : undefined}>
                {ranked && <td class="number rank">{rank}</td>}
                {columns.map((c) => <td key={c.key} class={[c.number && "number", c.main && "main"].filter(Boolean).join(" ") || undefined} data-head={c.main ? undefined : c.head}><div class="row-cell">{c.cell(row)}</div></td>)}
                {open && <td class="toggle"><button type="button" class="plain" aria-expanded={is} onClick={() => change({ [name + "_row"]: is ? "" : key }, true)}>{is ? w().close : openWord ?? w().why}</button></td>}
              </tr>
              {is && open && <tr class="behind"><td colSpan={span}>{open(row)}</td></tr>}
            </tbody>
          );
        })}
      </table>
      {shown.length < rows.length && <p><button type="button" onClick={() => setAll(true)}>{w().all(total ?? rows.length)}</button></p>}
      {all && rows.length > first + 2 && <p><button type="button" onClick={() => setAll(false)}>{w().fewer}</button></p>}
    </>
  );
}

/** A link that opens the evidence of a relation beside what is shown. */
export function Evidence({ relation, children }: { relation: string | null | undefined; children: ComponentChildren }) {
  return relation ? <a class="to-evidence" href={changed({ relation })}>{children}</a> : <>{children}</>;
}
