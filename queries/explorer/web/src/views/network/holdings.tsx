// What the network is made of: datasets with their imports, loops, sites.
import { useState } from "preact/hooks";
import type { LoopRow, StatsAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { link } from "../../app/address";
import { language, words } from "../../app/settings";
import { Incomplete } from "../../ui/complete";
import { Csv } from "../../ui/export";
import { countryName, nameOf, otherName } from "../../ui/names";
import { count } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { w as shared } from "./words";

const w = words({
  en: {
    datasets: "Datasets", dataset: "Dataset", claims: "Claims", imports: "Imports", last: "Last import", import: "Import a file",
    loops: "Loops", loopsLead: "Companies that supply one another round a loop. A loop is no mistake: a foundry uses the chips that it makes.", noLoops: "No companies supply one another round a loop.",
    size: (n: number) => `${count(n)} companies`, shortest: "Shortest loop", self: (n: number) => `${count(n)} ${n === 1 ? "company supplies" : "companies supply"} themselves.`,
    sites: (n: number) => `Sites (${count(n)})`, site: "Site", operator: "Operator", place: "Where it lies", made: "Made there",
  },
  zh: {
    datasets: "数据集", dataset: "数据集", claims: "陈述", imports: "导入次数", last: "最近导入", import: "导入文件",
    loops: "循环供应", loopsLead: "彼此循环供货的公司。循环并非错误：晶圆代工厂也会使用自己生产的芯片。", noLoops: "没有公司循环供货。",
    size: (n) => `${count(n)} 家公司`, shortest: "最短循环", self: (n) => `${count(n)} 家公司向自身供货。`,
    sites: (n) => `设施（${count(n)}）`, site: "设施", operator: "运营方", place: "所在地", made: "产品",
  },
});

export function Datasets({ stats }: { stats: StatsAnswer }) {
  const imports = useAnswer("imports", (signal) => answer(api.GET("/v1/imports", { signal })));
  return (
    <section aria-labelledby="datasets-title">
      <h2 id="datasets-title">{w().datasets}</h2>
      <table class="dataset-rows">
        <thead><tr><th scope="col">{w().dataset}</th><th scope="col" class="number">{w().claims}</th><th scope="col" class="number">{w().imports}</th><th scope="col">{w().last}</th></tr></thead>
        <tbody>
          {stats.datasets.map((d) => {
            const of = (imports.data?.items ?? []).filter((x) => x.dataset === d.dataset);
            const last = of.map((x) => x.finished ?? "").sort().at(-1);
            return <tr key={d.dataset}><th scope="row">{d.dataset}</th><td class="number">{count(d.claims)}</td><td class="number">{imports.data && count(of.length)}</td><td>{last && day(last)}</td></tr>;
          })}
        </tbody>
      </table>
      <p><a href={link(["import"])}>{w().import}</a></p>
    </section>
  );
}

function day(moment: string): string {
  return new Date(moment).toLocaleDateString(language.value === "zh" ? "zh-CN" : "en", { dateStyle: "medium" });
}

const mostLoops = 5;

export function Loops() {
  const asked = useAnswer("loops " + scopeKey(), (signal) => answer(api.GET("/v1/loops", { params: { query: { limit: mostLoops, ...scope() } }, signal })));
  return (
    <section aria-labelledby="loops-title">
      <div class="network-head"><h2 id="loops-title">{w().loops}</h2><Csv path="/v1/loops" query={{ limit: 1000, ...scope() }} name="loops.csv" /></div>
      <p class="about">{w().loopsLead}</p>
      <Answered asked={asked}>
        {(a) => (
          <>
            {a.items.length === 0 ? <p>{w().noLoops}</p> : <ul class="loops">{a.items.map((loop) => <Loop key={loop.companies[0]?.id} of={loop} />)}</ul>}
            {a.self_supply > 0 && <p>{w().self(a.self_supply)}</p>}
            <Incomplete of={a} shown={a.items.length} />
          </>
        )}
      </Answered>
    </section>
  );
}

function Loop({ of }: { of: LoopRow }) {
  const round = of.example[0] ? [...of.example, of.example[0]] : [];
  return (
    <li>
      <strong>{w().size(of.size)}</strong> <small>{w().shortest}</small>{" "}
      {round.map((c, i) => <span key={i}>{i > 0 && " → "}<a href={link(["company", c.id])}>{nameOf(c)}</a></span>)}
    </li>
  );
}

const page = 50;

/** The sites, once they are wanted. */
export function Sites({ count: n }: { count: number }) {
  const [open, setOpen] = useState(false);
  const [limit, setLimit] = useState(page);
  const query = { limit, ...scope() };
  const asked = useAnswer(open ? "sites " + JSON.stringify(query) : "", (signal) => answer(api.GET("/v1/sites", { params: { query }, signal })));
  if (n === 0) return null;
  return (
    <details class="sites" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{w().sites(n)}</summary>
      <Answered asked={asked}>
        {(a) => (
          <>
            <table class="cards">
              <thead><tr><th scope="col">{w().site}</th><th scope="col">{w().operator}</th><th scope="col">{w().place}</th><th scope="col">{w().made}</th></tr></thead>
              <tbody>
                {a.items.map((s) => (
                  <tr key={s.id}>
                    <td>{nameOf(s)} <small>{otherName(s)}</small></td>
                    <td>{s.operator && <a href={link(["company", s.operator.id])}>{nameOf(s.operator)}</a>}</td>
                    <td>{[s.country && countryName(s.country), ...s.regions].filter(Boolean).join(language.value === "zh" ? "，" : ", ")}</td>
                    <td>{s.products.map(nameOf).join(language.value === "zh" ? "、" : ", ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {!a.complete && <p><button type="button" onClick={() => setLimit(1000)}>{shared().all(Math.min(1000, a.total ?? n))}</button></p>}
            <Csv path="/v1/sites" query={{ ...scope(), limit: 1000 }} name="sites.csv" />
          </>
        )}
      </Answered>
    </details>
  );
}
