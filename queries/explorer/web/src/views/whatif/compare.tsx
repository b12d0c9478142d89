// Scenarios side by side: what each company loses in each. The scenarios stand in the address, so that a link shares them.
import { useState } from "preact/hooks";
import type { DisruptionAnswer, Interval } from "../../api/schema";
import { changed, link } from "../../app/address";
import { nameOf, type Named } from "../../ui/names";
import { Answered } from "../../ui/state";
import { firstRows, useCases } from "./ask";
import { LossBar } from "./bar";
import { namesOf } from "./choose";
import { useNames } from "./known";
import { openParams } from "./kept";
import type { Case } from "./scenario";
import { listed, targetText } from "./tell";
import { w } from "./words";

const first = 20;

export function Compare({ cases, focal }: { cases: readonly Case[]; focal?: Named }) {
  const asked = useCases(cases);
  // The company in question may lose too little to be among the rows of all: it is asked for by itself.
  const own = useCases(focal ? cases : [], focal?.id);
  const name = useNames(cases.flatMap(namesOf));
  return (
    <section class="compare">
      <h2>{w().comparing}</h2>
      <ol class="compared">
        {cases.map((c, i) => (
          <li key={i}><a href={changed(openParams(c))}>{c.title || w().untitled}</a> <small>{listed(c.stops.map((s) => targetText(s, name)))}</small></li>
        ))}
      </ol>
      <Answered asked={asked}>{(answers) => answers.length === cases.length ? <Table cases={cases} answers={answers} own={own.loading ? undefined : own.data} focal={focal} /> : null}</Answered>
    </section>
  );
}

interface Row {
  readonly who: Named;
  /** In no scenario it loses more than what hits it itself. */
  readonly hit: boolean;
  readonly loss: (Pick<Interval, "low" | "high"> | null)[];
}

/** What each company loses in each answer: after the remedy, where there is one. */
function rowsOf(answers: readonly DisruptionAnswer[]): Row[] {
  const rows = new Map<string, Row>();
  answers.forEach((a, i) => {
    for (const item of a.items) {
      let row = rows.get(item.id);
      if (!row) rows.set(item.id, (row = { who: item, hit: a.items.every((r) => r.id !== item.id || r.hit), loss: answers.map(() => null) }));
      if (!item.hit) rows.set(item.id, (row = { ...row, hit: false }));
      const loss = a.totals_after ? item.loss_after : item.loss;
      const was = row.loss[i];
      if (loss) row.loss[i] = was ? { low: Math.max(was.low, loss.low), high: Math.max(was.high, loss.high) } : loss;
    }
  });
  const most = (r: Row) => Math.max(...r.loss.map((x) => x?.high ?? 0));
  const least = (r: Row) => Math.max(...r.loss.map((x) => x?.low ?? 0));
  return [...rows.values()].sort((a, b) => Number(a.hit) - Number(b.hit) || most(b) - most(a) || least(b) - least(a) || (a.who.id < b.who.id ? -1 : 1));
}

/** Why nothing is known of a company that an answer does not list: it loses nothing only where the answer lists all. */
function Absent({ of }: { of: DisruptionAnswer }) {
  return <span class="facts">{of.complete ? w().noLoss : of.stopped_because === "limit" ? w().beyond(firstRows) : w().lossUnknown}</span>;
}

function Table({ cases, answers, own, focal }: { cases: readonly Case[]; answers: readonly DisruptionAnswer[]; own?: readonly DisruptionAnswer[]; focal?: Named }) {
  const [all, setAll] = useState(false);
  const rows = rowsOf(answers);
  const told = focal && own?.length === answers.length ? own : answers;
  const asked = told === answers ? [] : rowsOf(told).filter((r) => r.who.id === focal?.id);
  const focals = asked.length > 0 ? asked : rows.filter((r) => r.who.id === focal?.id);
  const ordered = [...focals, ...rows.filter((r) => r.who.id !== focal?.id)];
  const partly = answers.flatMap((a, i) => (a.stopped_because === "limit" ? [i + 1] : []));
  const shown = all || ordered.length <= first + 2 ? ordered : ordered.slice(0, first);
  return (
    <>
      <p class="facts">{w().compareNote}</p>
      {partly.length > 0 && <p class="note incomplete" role="note">{w().comparedFirst(firstRows, partly)}</p>}
      <div class="scroll">
        <table class="losses comparing">
          <thead><tr><th scope="col">{w().company_}</th>{cases.map((c, i) => <th key={i} scope="col">{i + 1}. {c.title || w().untitled}</th>)}</tr></thead>
          <tbody>
            {shown.map((r) => (
              <tr key={r.who.id} class={r.who.id === focal?.id ? "focal" : undefined}>
                <td><a href={link(["company", r.who.id])}>{nameOf(r.who)}</a></td>
                {r.loss.map((x, i) => <td key={i} data-head={cases[i]?.title}>{x ? <LossBar of={x} /> : <Absent of={(r.who.id === focal?.id ? told : answers)[i]!} />}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < ordered.length && <p><button type="button" onClick={() => setAll(true)}>{w().showAll(ordered.length)}</button></p>}
    </>
  );
}
