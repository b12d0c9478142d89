// The queue of doubtful names: one pair at a time.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { Pair, ReviewsAnswer } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { address, change, changed } from "../../app/address";
import { words } from "../../app/settings";
import { count, percent } from "../../ui/numbers";
import { Answered, FailureNote } from "../../ui/state";
import { Deciding, type Turning } from "./deciding";
import { Score, SideBySide } from "./pair";
import { nameIn } from "./names";
import { Reasons } from "./reasons";
import { sitting, undo } from "./state";

const w = words({
  en: {
    progress: (n: number, of: number) => `${count(n)} of ${count(of)}`, queue: (n: number) => `The queue (${count(n)})`, first: (n: number) => `The surest ${count(n)} are listed.`, more: "List more", empty: "Nothing to decide", emptyHelp: "No doubtful names wait for an answer.",
    undoLast: "Undo the last", against: "and", elsewhere: "This pair is not in the queue.", toQueue: "To the queue",
  },
  zh: {
    progress: (n: number, of: number) => `第 ${count(n)} 对，共 ${count(of)} 对`, queue: (n: number) => `待审核队列（${count(n)}）`, first: (n: number) => `已列出最有把握的 ${count(n)} 对。`, more: "列出更多", empty: "没有待决定的名称", emptyHelp: "目前没有存疑名称等待判断。",
    undoLast: "撤销上一步", against: "与", elsewhere: "这一对不在队列中。", toQueue: "前往队列",
  },
});

const step = 100;

export function Queue() {
  const [limit, setLimit] = useState(step);
  const asked = useAnswer("reviews open " + limit, (signal) => answer(api.GET("/v1/reviews", { params: { query: { status: "open", limit } }, signal })));
  return <Answered asked={asked}>{(data) => <Open data={data} more={data.complete || limit >= 1000 ? undefined : () => setLimit(limit + step)} />}</Answered>;
}

function Open({ data, more }: { data: ReviewsAnswer; more: (() => void) | undefined }) {
  // What was decided a moment ago may still be in the list at hand.
  const items = data.items.filter((x) => !sitting.value.some((made) => made.id === x.id));
  const total = (data.total ?? data.items.length) - (data.items.length - items.length);
  const wanted = address.value.params.get("pair");
  const at = wanted ? items.findIndex((x) => x.id === wanted) : 0;
  const turn: Turning = {
    next: () => {
      const following = items[(Math.max(0, at) + 1) % items.length];
      if (at === items.length - 1) more?.();
      change({ pair: following && following.id !== items[at]?.id ? following.id : null }, true);
    },
    back: (id) => change({ pair: id }, true),
  };
  const pair = items[at];
  if (!pair && wanted && !sitting.value.some((made) => made.id === wanted)) return <Elsewhere id={wanted} {...turn} />;
  const shown = pair ?? items[0];
  if (!shown) return <Empty />;
  const position = sitting.value.length + Math.max(0, at) + 1;
  return (
    <>
      <div class="review-progress">
        <strong>{w().progress(position, sitting.value.length + total)}</strong>
        <progress max={sitting.value.length + total} value={sitting.value.length} aria-label={w().progress(position, sitting.value.length + total)} />
      </div>
      <One pair={shown} {...turn} />
      <details class="review-queue">
        <summary>{w().queue(total)}</summary>
        <ol>
          {items.map((x) => (
            <li key={x.id} aria-current={x.id === shown.id ? "true" : undefined}>
              <a href={changed({ pair: x.id })}>{nameIn(x, "record")} <span class="quiet">{w().against}</span> {nameIn(x, "candidate")}</a> <span class="number">{percent(x.score)}</span>
            </li>
          ))}
        </ol>
        {!data.complete && <p>{w().first(data.items.length)} {more && <button type="button" class="plain" onClick={more}>{w().more}</button>}</p>}
      </details>
    </>
  );
}

/** A pair with its answer, its reasons and the two side by side. */
function One({ pair, ...turn }: { pair: Pair } & Turning) {
  return (
    <article class="panel review-one" key={pair.id}>
      <SideBySide pair={pair} />
      <div class="review-grounds">
        <Score value={pair.score} />
        <Reasons of={pair.reasons} />
      </div>
      <Deciding pair={pair} {...turn} />
    </article>
  );
}

/** A pair of a link that is not in the list at hand: further down the queue, or decided. */
function Elsewhere({ id, ...turn }: { id: string } & Turning) {
  const asked = useAnswer("review " + id, (signal) => answer(api.GET("/v1/reviews/{id}", { params: { path: { id } }, signal })));
  return (
    <Answered asked={asked}>
      {(pair) => pair.status === "open" ? <One pair={pair} {...turn} /> : (
        <article class="panel review-one">
          <p>{w().elsewhere} <a href={changed({ pair: null })}>{w().toQueue}</a></p>
          <SideBySide pair={pair} />
          <div class="review-grounds">
            <Score value={pair.score} />
            <Reasons of={pair.reasons} />
          </div>
        </article>
      )}
    </Answered>
  );
}

function Empty() {
  const [failure, setFailure] = useState<Error>();
  const last = sitting.value.at(-1);
  const takeBack = async (id: string) => {
    try {
      await undo(id);
      change({ pair: id }, true);
    } catch (e) {
      setFailure(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return (
    <div class="panel review-empty">
      <h2>{w().empty}</h2>
      <p>{w().emptyHelp}</p>
      {last && <button type="button" onClick={() => void takeBack(last.id)}>{w().undoLast}</button>}
      {failure && <FailureNote failure={failure} />}
    </div>
  );
}
