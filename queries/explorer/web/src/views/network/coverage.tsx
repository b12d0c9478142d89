// How well the network is documented, and where it is not.
import type { NamedCount, StatsAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { count, percent, ShareBar } from "../../ui/numbers";
import { scopeParams } from "../../ui/scope";
import { term } from "../../ui/terms";
import type { FaceProps } from ".";
import { Datasets, Loops, Sites } from "./holdings";

const w = words({
  en: {
    relations: "Relations", kind: "Kind", all: "Known", hold: "Hold", sourced: "With a source", dated: "With a date", shares: "With a share", values: "With a value", denied: "Denied",
    span: (a: string, b: string) => `The claims speak of ${a} to ${b}.`,
    bases: "What claims rest on", stages: "Stages of claims", ends: "Where the documents end", claims: (n: number) => `${count(n)} claims`,
    noSuppliers: "without a documented supplier", noCustomers: "without a documented customer", noCountry: "without a country", noId: "without an identifier", byName: "known by name only",
    never: "Not documented does not mean that there is none.", companies: (n: number) => `${count(n)} companies`,
    names: "Names to decide", ambiguous: (n: number) => `${count(n)} ${n === 1 ? "name fits" : "names fit"} several companies or products and stay apart until someone decides.`,
    noAmbiguous: "Every name fits one company or product.", reviews: (n: number) => `${count(n)} ${n === 1 ? "pair of names awaits" : "pairs of names await"} a decision`, noReviews: "No pair of names awaits a decision.", toReview: "Review",
  },
  zh: {
    relations: "关系", kind: "类型", all: "已知", hold: "当前有效", sourced: "有来源", dated: "有日期", shares: "有份额", values: "有金额", denied: "被否认",
    span: (a: string, b: string) => `陈述涉及的时间：${a} 至 ${b}。`,
    bases: "陈述的依据", stages: "陈述的阶段", ends: "资料的边界", claims: (n) => `${count(n)} 条陈述`,
    noSuppliers: "没有已记录的供应商", noCustomers: "没有已记录的客户", noCountry: "未注明国家/地区", noId: "没有标识代码", byName: "仅有名称",
    never: "没有记录并不表示不存在。", companies: (n) => `${count(n)} 家公司`,
    names: "待确认的名称", ambiguous: (n) => `${count(n)} 个名称对应多家公司或多种产品，确认之前不予合并。`,
    noAmbiguous: "每个名称都只对应一家公司或一种产品。", reviews: (n) => `${count(n)} 对名称待决定`, noReviews: "没有待决定的名称。", toReview: "去审核",
  },
});

export function Coverage({ stats }: FaceProps) {
  return (
    <div class="coverage">
      <Relations stats={stats} />
      <div class="columns">
        <Bars title={w().bases} list={stats.bases} of={stats.claims} word={(name) => term("basis", name)} />
        <Bars title={w().stages} list={stats.stages} of={stats.claims} word={(name) => term("stage", name)} />
        <Ends stats={stats} />
        <Names stats={stats} />
      </div>
      <Datasets stats={stats} />
      <Loops />
      <Sites count={stats.sites.count} />
    </div>
  );
}

function Relations({ stats }: FaceProps) {
  const part = (n: number, of: number) => <ShareBar value={{ low: of && n / of, high: of && n / of }} text={of ? `${percent(n / of)}` : "–"} />;
  return (
    <section aria-labelledby="relations-title">
      <h2 id="relations-title">{w().relations}</h2>
      <div class="scroll">
        <table class="cards coverage-rows">
          <thead>
            <tr>
              <th scope="col">{w().kind}</th><th scope="col" class="number">{w().all}</th><th scope="col" class="number">{w().hold}</th>
              <th scope="col">{w().sourced}</th><th scope="col">{w().dated}</th><th scope="col">{w().shares}</th><th scope="col">{w().values}</th><th scope="col" class="number">{w().denied}</th>
            </tr>
          </thead>
          <tbody>
            {stats.relations.filter((r) => r.count > 0).map((r) => (
              <tr key={r.kind}>
                <th scope="row">{term("kind", r.kind)}</th><td class="number" data-head={w().all}>{count(r.count)}</td><td class="number" data-head={w().hold}>{count(r.active)}</td>
                <td data-head={w().sourced}>{part(r.sourced, r.count)}</td><td data-head={w().dated}>{part(r.dated, r.count)}</td>
                <td data-head={w().shares}>{part(r.with_share, r.count)}</td><td data-head={w().values}>{part(r.with_value, r.count)}</td><td class="number" data-head={w().denied}>{count(r.denied)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {stats.first_period && stats.last_period && <p class="about">{w().span(stats.first_period, stats.last_period)}</p>}
    </section>
  );
}

/** Counts as bars, those of nothing left out. */
function Bars({ title, list, of, word }: { title: string; list: readonly NamedCount[]; of: number; word: (name: string) => string }) {
  return (
    <section>
      <h2>{title} <small>{w().claims(of)}</small></h2>
      <ul class="count-bars">
        {list.filter((x) => x.count > 0).map((x) => (
          <li key={x.name}><span>{word(x.name)}</span><span class="bar" aria-hidden="true"><span style={{ width: percent(x.count / of) }} /></span><span class="number">{count(x.count)}</span></li>
        ))}
      </ul>
    </section>
  );
}

function Ends({ stats }: { stats: StatsAnswer }) {
  const c = stats.companies;
  const list = [[w().noSuppliers, c.without_suppliers], [w().noCustomers, c.without_customers], [w().noCountry, c.count - c.with_country], [w().noId, c.count - c.with_identifier], [w().byName, c.provisional]] as const;
  return (
    <section>
      <h2>{w().ends} <small>{w().companies(c.count)}</small></h2>
      <ul class="count-bars">
        {list.map(([what, n]) => (
          <li key={what}><span>{what}</span><span class="bar" aria-hidden="true"><span style={{ width: percent(c.count && n / c.count) }} /></span><span class="number">{count(n)}</span></li>
        ))}
      </ul>
      <p class="about">{w().never}</p>
    </section>
  );
}

/** Names that nobody has decided, and the way to where they are decided. */
function Names({ stats }: { stats: StatsAnswer }) {
  const reviews = useAnswer("open reviews", (signal) => answer(api.GET("/v1/reviews", { params: { query: { limit: 1 } }, signal })));
  const several = stats.companies.ambiguous + stats.products.ambiguous;
  const open = reviews.data?.total ?? 0;
  return (
    <section>
      <h2>{w().names}</h2>
      <p>{several > 0 ? w().ambiguous(several) : w().noAmbiguous}</p>
      {reviews.data && <p>{open > 0 ? w().reviews(open) : w().noReviews} <a href={link(["review"], scopeParams())}>{w().toReview}</a></p>}
      {several > 0 && (
        <ul class="ambiguous">
          {stats.ambiguous.slice(0, 8).map((a) => <li key={a.kind + a.name}>{a.name} <small>{a.candidates.map((id, i) => <>{i > 0 && " · "}{a.kind === "company" ? <a key={id} href={link(["company", id])}>{id}</a> : id}</>)}</small></li>)}
        </ul>
      )}
    </section>
  );
}
