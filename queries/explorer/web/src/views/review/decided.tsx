// Pairs that are decided, with who decided and the way back.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { Pair } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { link } from "../../app/address";
import { person } from "../../app/person";
import { language, words } from "../../app/settings";
import { count, percent } from "../../ui/numbers";
import { Answered, FailureNote } from "../../ui/state";
import { nameIn } from "./names";
import { undo } from "./state";

const w = words({
  en: {
    none: "Nothing of this kind yet.", name: "Name", candidate: "Company it may be", score: "Score", outcome: "Outcome", by: "Decided by", at: "When", why: "Reason", undo: "Undo", total: (n: number) => (n === 1 ? "1 pair" : `${count(n)} pairs`), more: "Show more", somebody: "somebody",
    open: "open", same: "one company", different: "two companies", settled: "settled otherwise",
  },
  zh: {
    none: "目前没有此类记录。", name: "名称", candidate: "可能的公司", score: "把握", outcome: "结果", by: "决定人", at: "时间", why: "理由", undo: "撤销", total: (n: number) => `共 ${count(n)} 对`, more: "显示更多", somebody: "某人",
    open: "待审核", same: "同一家公司", different: "两家公司", settled: "已另行解决",
  },
});

const step = 50;

export function Decided({ status }: { status: "same" | "different" | "settled" | "all" }) {
  const [limit, setLimit] = useState(step);
  const [failure, setFailure] = useState<Error>();
  const asked = useAnswer(`reviews ${status} ${limit}`, (signal) => answer(api.GET("/v1/reviews", { params: { query: { status, limit } }, signal })));
  return (
    <Answered asked={asked}>
      {(data) => data.items.length === 0 ? <p class="panel">{w().none}</p> : (
        <>
          {failure && <FailureNote failure={failure} />}
          <p class="facts">{w().total(data.total ?? data.items.length)}</p>
          <div class="scroll panel">
            <table class="cards review-decided">
              <thead><tr><th>{w().name}</th><th>{w().candidate}</th><th class="number">{w().score}</th><th>{w().outcome}</th><th>{w().by}</th><th>{w().at}</th><th>{w().why}</th><th><span class="unseen">{w().undo}</span></th></tr></thead>
              <tbody>
                {data.items.map((x) => (
                  <tr key={x.id}>
                    <td><a href={link(["review"], { pair: x.id })}>{nameIn(x, "record")}</a></td>
                    <td data-label={w().candidate}>{nameIn(x, "candidate")}</td>
                    <td class="number" data-label={w().score}>{percent(x.score)}</td>
                    <td>{w()[x.status]}</td>
                    <td data-label={w().by}>{x.by}</td>
                    <td class="when">{x.at && when(x.at)}</td>
                    <td data-label={w().why}>{x.why}</td>
                    <td>{(x.status === "same" || x.status === "different") && <UndoButton pair={x} failed={setFailure} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {!data.complete && limit < 1000 && <button type="button" onClick={() => setLimit(limit + step)}>{w().more}</button>}
        </>
      )}
    </Answered>
  );
}

function UndoButton({ pair, failed }: { pair: Pair; failed: (e: Error | undefined) => void }) {
  const takeBack = async () => {
    if (!person.value.trim()) person.value = w().somebody;
    try {
      await undo(pair.id);
      failed(undefined);
    } catch (e) {
      failed(e instanceof Error ? e : new Error(String(e)));
    }
  };
  return <button type="button" aria-label={`${w().undo}: ${nameIn(pair, "record")}`} onClick={() => void takeBack()}>{w().undo}</button>;
}

function when(at: string): string {
  return new Date(at).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
}
