// What to find out: the facts that would narrow the largest exposures most, as questions.
import type { GapRow, GapsAnswer, GapNarrowing } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { nameOf } from "../../ui/names";
import { count, percent, share } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Evidence, Table, type Column } from "../../ui/table";
import { factQuestion } from "./facts";
import { CompanyCell } from "./parts";
import { Longer, patience } from "./patience";

const w = words({
  en: {
    title: "What to find out", question: "Question", asked: "Who knows", worth: "Worth", worthHint: "By how much of the whole it narrows the ten largest exposures, on average: as the first fact found out and as the last", state: { unknown: "nobody states it", disputed: "sources differ", stale: "stated long ago" }, known: "Known now", details: "What it narrows",
    first: (x: string) => `Found out first: ${x} on average.`, last: (x: string) => `As the last fact, all else known: ${x}.`, narrows: "Loss of the company if this stops", before: "without the answer", after: "with it, on average", of: (n: number, all: number) => `${count(n)} facts are not known, disputed or old that the largest exposures may rest on; ${count(all)} were worked out.`, none: "Nothing documented leaves a question that would narrow the largest exposures.",
    relations: "What it is about",
  },
  zh: {
    title: "待查事实", question: "问题", asked: "知情者", worth: "价值", worthHint: "查明后平均能将十大敞口的区间收窄多少：作为最先查明与最后查明的事实之平均", state: { unknown: "无人注明", disputed: "来源不一", stale: "数据陈旧" }, known: "现状", details: "可收窄何处",
    first: (x: string) => `若最先查明：平均收窄 ${x}。`, last: (x: string) => `若其余皆已知、最后查明：${x}。`, narrows: "以下公司停供时本公司的损失", before: "查明前", after: "查明后（平均）", of: (n: number, all: number) => `主要敞口所依据的事实中，有 ${count(n)} 项未知、有争议或已陈旧；已逐一计算 ${count(all)} 项。`, none: "没有可收窄主要敞口的待查问题。",
    relations: "涉及的关系",
  },
});

export function Gaps({ id }: { id: string }) {
  const asked = useAnswer(`gaps ${id} ${scopeKey()} ${JSON.stringify(patience())}`, (signal) => answer(api.GET("/v1/companies/{id}/gaps", { params: { path: { id }, query: { ...scope(), limit: 10, ...patience() } }, signal })));
  return <Answered asked={asked}>{(data) => <Facts of={data} />}</Answered>;
}

function Facts({ of }: { of: GapsAnswer }) {
  if (of.items.length === 0) return of.complete ? <p>{w().none}</p> : <><Incomplete of={of} shown={0} /><Longer of={of} /><Basis of={of} /></>;
  return (
    <>
      <p class="quiet">{w().of(of.facts, of.solved)}</p>
      <Table name="gap" label={w().title} rows={of.items} columns={columns()} id={(row) => row.relations.join(" ") + row.field} ranked first={10} open={(row) => <Narrows row={row} />} openWord={w().details} />
      <Incomplete of={of} shown={of.items.length} />
      <Longer of={of} />
      <Basis of={of} />
    </>
  );
}

function columns(): Column<GapRow>[] {
  return [
    { key: "question", head: w().question, main: true, cell: (row) => factQuestion(row) },
    { key: "asked", head: w().asked, cell: (row) => <CompanyCell of={row.asked} /> },
    { key: "state", head: w().known, cell: (row) => w().state[row.state] },
    { key: "worth", head: w().worth, hint: w().worthHint, number: true, cell: (row) => percent(row.value) },
  ];
}

function Narrows({ row }: { row: GapRow }) {
  return (
    <div class="cause">
      <p>{w().first(percent(row.value_first))} {w().last(percent(row.value_last))}</p>
      {row.narrows.length > 0 && (
        <table class="small">
          <thead><tr><th scope="col">{w().narrows}</th><th scope="col">{w().before}</th><th scope="col">{w().after}</th></tr></thead>
          <tbody>{row.narrows.map((n: GapNarrowing) => <tr key={n.exposure.id}><td><CompanyCell of={n.exposure} /></td><td>{share(n.before)}</td><td>{share(n.after)}</td></tr>)}</tbody>
        </table>
      )}
      {row.relations.length > 0 && <><h3>{w().relations}</h3><ul>{row.relations.map((relation, i) => <li key={relation}><Evidence relation={relation}>{nameOf(row.suppliers[i] ?? row.asked)} → {nameOf(row.buyer)}</Evidence></li>)}</ul></>}
    </div>
  );
}
