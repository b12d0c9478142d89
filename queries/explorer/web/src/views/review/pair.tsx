// Two names side by side, with all that tells them apart.
import type { ComponentChildren } from "preact";
import type { Pair, Side, Traded } from "../../api/schema";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, identifierText } from "../../ui/names";
import { count, percent } from "../../ui/numbers";

const w = words({
  en: {
    is: "Is this name…", same: "…the same as this company?", gone: "no longer in the graph", name: "Name", id: "Id", aliases: "Other names", records: "Files write", kind: "Kind", country: "Country", sector: "Sector", identifiers: "Identifiers",
    supplies: "Supplies", buys: "Buys", sources: "Says who", none: "nothing known", more: (n: number) => `and ${count(n)} more`, to: (p: string, c: string) => (p ? `${p} to ${c}` : `to ${c}`), from: (p: string, c: string) => (p ? `${p} from ${c}` : `from ${c}`),
    dataset: (x: string) => `dataset ${x}`, alike: "both have this", score: "How sure the rule is that they are one", person: "person", company: "company", government: "government", fund: "fund", anonymous: "anonymous party",
  },
  zh: {
    is: "此名称……", same: "……与此公司是同一家吗？", gone: "图中已不存在", name: "名称", id: "编号", aliases: "其他名称", records: "文件写法", kind: "类型", country: "国家/地区", sector: "行业", identifiers: "标识",
    supplies: "供应", buys: "采购", sources: "来源", none: "暂无信息", more: (n: number) => `另有 ${count(n)} 条`, to: (p: string, c: string) => (p ? `向 ${c} 供应 ${p}` : `供应给 ${c}`), from: (p: string, c: string) => (p ? `从 ${c} 采购 ${p}` : `采购自 ${c}`),
    dataset: (x: string) => `数据集 ${x}`, alike: "双方相同", score: "规则认为两者为同一家公司的把握", person: "个人", company: "公司", government: "政府", fund: "基金", anonymous: "匿名方",
  },
});

const kinds = ["person", "company", "government", "fund", "anonymous"] as const;

export function SideBySide({ pair }: { pair: Pair }) {
  const { record_side: left, candidate_side: right } = pair;
  const list = (of: (s: Side) => readonly string[], say: (x: string) => string = (x) => x) => (s: Side, other: Side | null) =>
    of(s).length > 0 && <ul>{of(s).map((x) => <li key={x}>{other && of(other).includes(x) ? <mark title={w().alike}>{say(x)}</mark> : say(x)}</li>)}</ul>;
  const trades = (of: (s: Side) => Side["supplies"], say: (p: string, c: string) => string) => (s: Side) =>
    of(s).relations > 0 && <ul>{of(s).first.map((t: Traded, i) => <li key={i}>{say(t.product ?? "", t.company)}</li>)}{of(s).relations > of(s).first.length && <li><small>{w().more(of(s).relations - of(s).first.length)}</small></li>}</ul>;
  const rows: [string, (s: Side, other: Side | null) => ComponentChildren][] = [
    [w().aliases, list((s) => s.aliases)],
    [w().records, list((s) => s.records)],
    [w().id, (s) => s.id !== s.name && <code>{s.id}</code>],
    [w().kind, (s, other) => s.kind && (s.kind !== "company" || (other?.kind ?? "company") !== "company") && (kinds.some((k) => k === s.kind) ? w()[s.kind as (typeof kinds)[number]] : s.kind)],
    [w().country, list((s) => s.countries, countryName)],
    [w().sector, (s) => s.sector],
    [w().identifiers, list((s) => s.identifiers, identifierText)],
    [w().supplies, trades((s) => s.supplies, w().to)],
    [w().buys, trades((s) => s.buys, w().from)],
    [w().sources, list((s) => s.sources, (x) => (x.startsWith("dataset ") ? w().dataset(x.slice("dataset ".length)) : x))],
  ];
  return (
    <table class="review-pair">
      <colgroup><col class="label" /><col /><col /></colgroup>
      <thead><tr><td /><th scope="col">{w().is}</th><th scope="col">{w().same}</th></tr></thead>
      <tbody>
        <tr class="names"><th scope="row">{w().name}</th><td><Name side={left} record={pair.record} /></td><td><Name side={right} record={pair.candidate} /></td></tr>
        {rows.map(([label, show]) => {
          const [a, b] = [left && show(left, right), right && show(right, left)];
          return (a || b) && <tr key={label}><th scope="row">{label}</th><td>{a || <Nothing />}</td><td>{b || <Nothing />}</td></tr>;
        })}
      </tbody>
    </table>
  );
}

function Name({ side, record }: { side: Side | null; record: string }) {
  if (!side) return <>{record} <small>({w().gone})</small></>;
  return <a href={link(["company", side.id])}>{side.name}</a>;
}

function Nothing() {
  return <span class="nothing" title={w().none}><span aria-hidden="true">–</span><span class="unseen">{w().none}</span></span>;
}

/** A score as a bar from 0 to 1. */
export function Score({ value }: { value: number }) {
  return (
    <p class="review-score">
      <span>{w().score}</span>
      <span class="share"><span class="share-bar" aria-hidden="true"><span class="share-low" style={{ width: percent(value) }} /></span><strong>{percent(value)}</strong></span>
    </p>
  );
}
