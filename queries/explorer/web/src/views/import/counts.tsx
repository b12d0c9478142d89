// What became, or would become, of every row, and of the names in them.
import { words } from "../../app/settings";
import { link } from "../../app/address";
import { count } from "../../ui/numbers";
import type { Mentions, Report } from "./report";
import { columnName } from "./terms";

const w = words({
  en: {
    account: "What becomes of the rows", rows: "rows read", converted: "rows converted", leftOut: "rows left out", rejected: "rows rejected", statements: "statements made", created: "new", changed: "changed", unchanged: "unchanged", combined: "combined with others", refused: "statements refused", withdrawn: "withdrawn",
    because: "Left out because", companies: "Companies", products: "Products", names: "Names", known: "already known", fresh: "new", ambiguous: "may be several", near: "Spelled nearly like", columns: "Columns read under another name", column: "Column", readAs: "Read as", unread: (n: number) => `${n === 1 ? "One column is" : `${count(n)} columns are`} not understood and kept as notes only. Is a header mistyped, or a mapping needed?`, meant: (x: string) => `${x} is meant?`,
    notes: "Notes and warnings", row: (n: number) => `row ${n}`, times: (n: number) => `${count(n)} times`,
  },
  zh: {
    account: "各行的处理结果", rows: "读取行数", converted: "已转换行", leftOut: "略过行", rejected: "被拒行", statements: "生成陈述", created: "新增", changed: "变更", unchanged: "不变", combined: "与其他合并", refused: "被拒陈述", withdrawn: "撤回",
    because: "略过原因", companies: "公司", products: "产品", names: "名称", known: "已有", fresh: "新出现", ambiguous: "可能指多家", near: "写法相近", columns: "以其他名称读取的列", column: "列", readAs: "读作", unread: (n: number) => `有 ${count(n)} 列未能识别，仅作为备注保留。表头是否写错，或需要映射？`, meant: (x: string) => `是否指“${x}”？`,
    notes: "提示与警告", row: (n: number) => `第 ${n} 行`, times: (n: number) => `${count(n)} 次`,
  },
});

const warnings = words({
  en: { self_supply: "A company supplies itself; kept", value_without_currency: "A value has no currency; it is not compared with values that have one", shares_above_one: "The shares of one buyer and product from one source sum to more than 100%", no_rows: "A file has a header and no rows", unnamed_column: "A column without a name was left out", anonymous_name: "A party is called by a number or letter of its document only; those of two documents would become one company" },
  zh: { self_supply: "公司自我供应；已保留", value_without_currency: "金额没有币种，不与有币种的金额比较", shares_above_one: "同一来源对同一采购方和产品陈述的占比合计超过 100%", no_rows: "文件只有表头，没有数据行", unnamed_column: "未命名的列已略过", anonymous_name: "当事方在文件中仅以编号或字母称呼；两份文件中的同名方会被视为同一家公司" },
});

export function Counts({ report }: { report: Report }) {
  const conversions = report.files.flatMap((f) => (f.conversion ? [f.conversion] : []));
  const sum = (of: (c: (typeof conversions)[number]) => number) => conversions.reduce((n, c) => n + of(c), 0);
  const converted = conversions.length > 0;
  const facts: [string, number, string?][] = [
    [w().rows, report.rows],
    ...(converted ? [[w().converted, sum((c) => c.converted)], [w().leftOut, sum((c) => c.left_out)]] as [string, number][] : []),
    [w().rejected, report.rejected, report.rejected ? "bad" : undefined],
    ...(converted ? [[w().statements, sum((c) => c.statements)]] as [string, number][] : []),
    [w().created, report.created],
    [w().changed, report.changed],
    [w().unchanged, report.unchanged],
    ...(report.combined ? [[w().combined, report.combined]] as [string, number][] : []),
    ...(report.refused ? [[w().refused, report.refused, "bad"]] as [string, number, string][] : []),
    ...(report.withdrawn ? [[w().withdrawn, report.withdrawn]] as [string, number][] : []),
  ];
  const reasons = conversions.flatMap((c) => c.left_out_because ?? []);
  return (
    <>
      <dl class="import-counts" aria-label={w().account}>
        {facts.map(([name, n, tone]) => <div key={name} class={tone}><dt>{name}</dt><dd>{count(n)}</dd></div>)}
      </dl>
      {reasons.length > 0 && <p class="facts">{w().because}: {reasons.map((r) => `${r.reason} (${count(r.records)})`).join("; ")}</p>}
      <table class="import-names">
        <thead><tr><th>{w().names}</th><th class="number">{w().known}</th><th class="number">{w().fresh}</th><th class="number">{w().ambiguous}</th></tr></thead>
        <tbody>
          {([[w().companies, report.companies], [w().products, report.products]] as [string, Mentions][]).map(([name, m]) => (
            <tr key={name}><td>{name}</td><td class="number">{count(m.absorbed)}</td><td class="number">{count(m.provisional)}</td><td class="number">{count(m.ambiguous)}</td></tr>
          ))}
        </tbody>
      </table>
      <Unread report={report} />
      <Near mentions={report.companies} />
      <Columns report={report} />
      <Notes report={report} />
    </>
  );
}

function Near({ mentions }: { mentions: Mentions }) {
  if (!mentions.near?.length) return null;
  return (
    <details>
      <summary>{w().near} ({count(mentions.near.length)})</summary>
      <ul>{mentions.near.map((m) => <li key={m.mention}>{m.mention} ≈ {m.near.map((n, i) => <>{i > 0 && ", "}<a key={n.id} href={link(["company", n.id])}>{n.name}</a></>)}</li>)}</ul>
    </details>
  );
}

function Columns({ report }: { report: Report }) {
  const read = report.columns_read_as ?? [];
  if (read.length === 0) return null;
  return (
    <details>
      <summary>{w().columns} ({count(read.length)})</summary>
      <table>
        <thead><tr><th>{w().column}</th><th>{w().readAs}</th></tr></thead>
        <tbody>{read.map((c) => <tr key={c.column}><td>{c.column}</td><td>{columnName(c.read_as)}</td></tr>)}</tbody>
      </table>
    </details>
  );
}

/** Columns that say nothing to the graph: a mistyped header is seen here before it is imported. */
function Unread({ report }: { report: Report }) {
  const unknown = report.unknown_columns ?? [];
  if (unknown.length === 0) return null;
  return (
    <div class="note warnings" role="status">
      <strong>{w().unread(unknown.length)}</strong>
      <ul>{unknown.map((c) => <li key={c.column}>{c.column}{c.did_you_mean && <> · {w().meant(columnName(c.did_you_mean))}</>}</li>)}</ul>
    </div>
  );
}

function Notes({ report }: { report: Report }) {
  const notes = report.files.flatMap((f) => f.conversion?.notes ?? []);
  const warned = report.warnings ?? [];
  if (notes.length + warned.length === 0) return null;
  return (
    <details class="note warnings">
      <summary>{w().notes} ({count(notes.length + warned.length)})</summary>
      <ul>
        {notes.map((n) => <li key={n} lang="en">{n}</li>)}
        {warned.map((x) => (
          <li key={x.code}>
            {(warnings() as Record<string, string>)[x.code] ?? x.message} ({w().times(x.count)})
            {x.examples && <small> {x.examples.map((e) => (e.row ? `${w().row(e.row)}: ` : "") + e.found).join("; ")}</small>}
          </li>
        ))}
      </ul>
    </details>
  );
}
