// What if: what stops, what that costs a company and the others, why, and what would be done about it.
import type { DisruptionAnswer } from "../../api/schema";
import { address, link } from "../../app/address";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import type { Named } from "../../ui/names";
import { Answered, Warnings } from "../../ui/state";
import { useLosses } from "./ask";
import { LossBar } from "./bar";
import { Choose } from "./choose";
import { Reason, Rows } from "./rows";
import { caseParams, isEmpty, readCase, type Case } from "./scenario";
import { mostOf, totalText, verdict } from "./tell";
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
      <h1>{w().whole}</h1>
      <WhatIf />
    </article>
  );
}

function WhatIf({ focal }: { focal?: Named }) {
  const of = readCase(address.value.params);
  return (
    <div class="whatif">
      <Choose of={of} />
      {isEmpty(of) ? <p class="lead">{w().start}</p> : <Result of={of} focal={focal} />}
    </div>
  );
}

function Result({ of, focal }: { of: Case; focal?: Named }) {
  const own = useLosses(of, focal?.id ?? "", 50);
  const all = useLosses(of);
  return (
    <>
      {focal && <Answered asked={own}>{(a) => <Verdict of={a} who={focal} />}</Answered>}
      <Answered asked={all}>
        {(a) => (
          <>
            {focal ? <p class="facts">{totalText(a)} <a href={link(["whatif"], caseParams(of))}>{w().openWhole}</a></p> : <p class="verdict">{totalText(a)}</p>}
            <Rows of={a} focal={focal?.id} />
            <div lang="en"><Warnings of={a.warnings} /></div>
          </>
        )}
      </Answered>
    </>
  );
}

/** What the company asked about loses, before all else. */
function Verdict({ of, who }: { of: DisruptionAnswer; who: Named }) {
  const most = mostOf(of.items);
  return (
    <section class="whatif-verdict">
      <p class="verdict" role="status">{verdict(who, of.items)}</p>
      {most && <><LossBar of={most.company_loss ?? most.loss} wide />{!most.hit && <Reason of={most} />}</>}
    </section>
  );
}
