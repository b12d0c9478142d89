// What a newcomer sees: the questions that can be asked, and what the graph holds.
import type { Asked } from "../../api/use";
import type { StatsAnswer } from "../../api/schema";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName } from "../../ui/names";
import { count } from "../../ui/numbers";
import { Answered } from "../../ui/state";

const w = words({
  en: {
    title: "Who stands behind your suppliers?",
    lead: "Type the name of a company above, in English or Chinese. Its chain shows who supplies whom over how many tiers, on whose word, and what is lost when one of them stops.",
    tryIt: "Try it on the sample, the chain of AI computing",
    holds: "What this graph holds", companies: "companies", products: "products", relations: "supply relations today", sources: "sources", sites: "sites", countries: "Companies by country",
    empty: "The graph is empty.", importFirst: "Import a file", importHint: "A table with two columns, supplier and buyer, is enough.",
    sourced: (p: string) => `${p} with a source`, all: "The whole network",
  },
  zh: {
    title: "您的供应商背后是谁？",
    lead: "在上方输入公司名称（中英文均可），即可查看其供应链：各层级由谁供货、依据何种来源，以及某一环节中断会造成多大损失。",
    tryIt: "用示例数据试一试：AI 算力供应链",
    holds: "图谱内容", companies: "家公司", products: "种产品", relations: "条现行供应关系", sources: "个来源", sites: "处设施", countries: "按国家/地区统计的公司",
    empty: "图谱为空。", importFirst: "导入文件", importHint: "只需一张含“供应商”和“采购方”两列的表格。",
    sourced: (p: string) => `${p} 附有来源`, all: "全网概览",
  },
});

/** Questions that the sample answers. */
const examples = [
  { to: link(["company", "nvidia", "chain"], { product: "liquid-cooling" }), en: "Who stands behind Nvidia’s liquid cooling?", zh: "英伟达的液冷由谁供应？" },
  { to: link(["company", "microsoft", "whatif"], { stop: "product:liquid-cooling" }), en: "What happens to Microsoft if liquid cooling stops?", zh: "液冷断供对微软有何影响？" },
  { to: link(["company", "microsoft", "exposure"]), en: "What does Microsoft hang on most?", zh: "微软最依赖谁？" },
  { to: link(["paths"], { from: "shin-etsu-chemical", to: "microsoft" }), en: "How does Shin-Etsu reach Microsoft?", zh: "信越化学经由哪些企业供应到微软？" },
];

export function Start({ stats }: { stats: Asked<StatsAnswer> }) {
  return (
    <section class="start">
      <h1>{w().title}</h1>
      <p class="lead">{w().lead}</p>
      <Answered asked={stats}>
        {(data) => data.companies.count === 0 ? <Empty /> : (
          <>
            {data.datasets.some((d) => d.dataset === "sample") && <Examples />}
            <Holdings stats={data} />
          </>
        )}
      </Answered>
    </section>
  );
}

function Empty() {
  return <p class="note">{w().empty} <a href={link(["import"])}>{w().importFirst}</a>. {w().importHint}</p>;
}

function Examples() {
  const said = words({ en: examples.map((e) => e.en), zh: examples.map((e) => e.zh) })();
  return (
    <>
      <h2>{w().tryIt}</h2>
      <ul class="examples">{examples.map((e, i) => <li key={e.to}><a href={e.to}>{said[i]}</a></li>)}</ul>
    </>
  );
}

const mostCountries = 12;

function Holdings({ stats }: { stats: StatsAnswer }) {
  const supplies = stats.relations.find((r) => r.kind === "supplies");
  const figures = [
    [stats.companies.count, w().companies], [supplies?.active ?? 0, w().relations], [stats.products.count, w().products],
    [stats.sources, w().sources], [stats.sites.count, w().sites],
  ] as const;
  const countries = stats.countries.filter((c) => c.name !== "");
  const most = countries[0]?.count ?? 1;
  return (
    <>
      <h2>{w().holds}</h2>
      <dl class="figures">{figures.map(([n, what]) => <div key={what}><dt>{what}</dt><dd>{count(n)}</dd></div>)}</dl>
      <h2>{w().countries}</h2>
      <ul class="bars">
        {countries.slice(0, mostCountries).map((c) => (
          <li key={c.name}>
            <a href={link([], { country: c.name })}>{countryName(c.name)}</a>
            <span class="bar" aria-hidden="true"><span style={{ width: `${(100 * c.count) / most}%` }} /></span>
            <span class="number">{count(c.count)}</span>
          </li>
        ))}
      </ul>
      <p><a href={link(["network"])}>{w().all}</a></p>
    </>
  );
}
