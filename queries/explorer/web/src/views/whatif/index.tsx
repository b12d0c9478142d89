// What if: what stops, what that costs a company and the others, why, and what would be done about it.
import { useState } from "preact/hooks";
import type { DisruptionAnswer, DisruptionRow } from "../../api/schema";
import { address, link } from "../../app/address";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { Basis, Incomplete } from "../../ui/complete";
import type { Named } from "../../ui/names";
import { Answered } from "../../ui/state";
import { firstRows, mostRows, useLosses } from "./ask";
import { LossBar } from "./bar";
import { Choose } from "./choose";
import { Compare } from "./compare";
import { OpenFile, SaveFiles } from "./files";
import { Kept, mostCompared } from "./kept";
import { Narrower } from "./narrower";
import { Picture } from "./picture";
import { Remedies } from "./remedies";
import { Reason, Rows } from "./rows";
import { caseParams, isEmpty, parseCase, readCase, type Case } from "./scenario";
import { mostOf, totalText, verdict, wholeText } from "./tell";
import { w } from "./words";
import "./whatif.css";

/** The tab of a company. */
export function WhatIfTab({ id }: { id: string }) {
  const asked = useAnswer("company " + id, (signal) => answer(api.GET("/v1/companies/{id}", { params: { path: { id } }, signal })));
  return <Answered asked={asked}>{(company) => <WhatIf focal={company} />}</Answered>;
}

/** The view of the whole network: #/whatif. */
export function WhatIfView() {
  return (
    <article>
      <h1>{w().whatIf} <small>{w().whole}</small></h1>
      <WhatIf />
    </article>
  );
}

function WhatIf({ focal }: { focal?: Named }) {
  const of = readCase(address.value.params);
  const cases = address.value.params.getAll("case").slice(0, mostCompared).map(parseCase);
  if (cases.length > 0) return <div class="whatif"><Compare cases={cases} focal={focal} /><Kept key={cases.length} of={of} /></div>;
  return (
    <div class="whatif">
      <Choose of={of} />
      {isEmpty(of) ? <p class="lead">{w().start}</p> : <Result of={of} focal={focal} />}
      <div class="whatif-tools">{!isEmpty(of) && <SaveFiles of={of} />}<OpenFile /></div>
      <Kept key={of.title} of={of} />
    </div>
  );
}

function Result({ of, focal }: { of: Case; focal?: Named }) {
  const own = useLosses(of, focal?.id ?? "", 50);
  const [limit, setLimit] = useState(firstRows);
  const all = useLosses(of, undefined, limit);
  return (
    <>
      {focal && (
        <Answered asked={own}>
          {(a) => (
            <>
              <Verdict of={a} who={focal} all={all.data} />
              <Narrower of={of} who={focal} own={a} all={all.data} />
            </>
          )}
        </Answered>
      )}
      <Answered asked={all}>
        {(a) => (
          <>
            {focal ? <p class="facts">{totalText(a)} <a href={link(["whatif"], caseParams(of))}>{w().openWhole}</a></p> : <p class="verdict" role="status">{totalText(a)}</p>}
            <Picture of={of} a={a} focal={focal} />
            <Rows of={a} focal={focal?.id} />
            <Incomplete of={a} shown={a.items.length} />
            {a.stopped_because === "limit" && limit < mostRows && <p><button type="button" onClick={() => setLimit(mostRows)}>{w().moreRows}</button></p>}
            <Remedies of={of} own={focal ? own.data?.items ?? [] : a.items.filter((r) => !r.hit).slice(0, 5)} buyers={buyersOf(a, own.data?.items ?? [], focal)} affected={a.totals.companies.affected} />
            <Basis of={a} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Who may take a second source: the company asked about, and those on the way to it, the nearest first; else who loses most. */
function buyersOf(a: DisruptionAnswer, own: readonly DisruptionRow[], focal?: Named): Named[] {
  const out = new Map<string, Named>();
  if (focal) out.set(focal.id, focal);
  const on = own.flatMap((r) => [...r.path].reverse().map((hop) => hop.to));
  for (const who of focal ? on : a.items.filter((r) => !r.hit).slice(0, 12)) if (!out.has(who.id)) out.set(who.id, who);
  return [...out.values()];
}

/** What the company asked about loses, before all else, and how it comes about, from what stops to the company. */
function Verdict({ of, who, all }: { of: DisruptionAnswer; who: Named; all?: DisruptionAnswer }) {
  const most = mostOf(of.items);
  return (
    <section class="whatif-verdict">
      <p class="verdict" role="status">{verdict(who, of.items)}</p>
      {most && <><LossBar of={most.loss} wide /> <span class="facts">{wholeText(of.items)}</span>{!most.hit && <Reason of={most} all={all?.items} />}</>}
    </section>
  );
}
