// Whether an answer is all there is, and what it takes for granted.
import { words } from "../app/settings";
import { count } from "./numbers";
import { Warnings } from "./state";

const w = words({
  en: {
    shown: (n: number, total: number) => `Shown are ${count(n)} of ${count(total)}.`, some: "The list is not complete.",
    limit: "There are more than were asked for.", deadline: "The time was over before all was worked out.", depth: "Chains longer than asked for were not followed.",
    rests: (n: number, sourced: number, shares: number) => `Rests on ${count(n)} relations: ${count(sourced)} with a source, ${count(shares)} with a stated share.`, assumed: "What this takes for granted",
  },
  zh: {
    shown: (n: number, total: number) => `已显示 ${count(n)} 项，共 ${count(total)} 项。`, some: "列表不完整。",
    limit: "结果多于所请求的数量。", deadline: "时间已到，尚未全部算完。", depth: "超出查询层级的链条未继续追溯。",
    rests: (n: number, sourced: number, shares: number) => `依据 ${count(n)} 条关系：${count(sourced)} 条有来源，${count(shares)} 条注明了份额。`, assumed: "前提与假设",
  },
});

interface Part {
  readonly complete: boolean;
  readonly stopped_because?: "depth" | "limit" | "deadline";
  readonly total?: number | null;
}

/** Says that a list is not complete, and why. */
export function Incomplete({ of, shown }: { of: Part; shown: number }) {
  if (of.complete) return null;
  return <p class="note incomplete" role="note">{of.total && of.total > shown ? w().shown(shown, of.total) : w().some} {of.stopped_because && w()[of.stopped_because]}</p>;
}

/** What an answer rests on and takes for granted, folded; its warnings before it. */
export function Basis({ of }: { of: { readonly assumptions: readonly string[]; readonly warnings: readonly string[]; readonly coverage: { relations: number; sourced: number; shares: number } } }) {
  return (
    <>
      <div lang="en"><Warnings of={of.warnings} /></div>
      <details class="basis">
        <summary>{w().assumed}</summary>
        <p>{w().rests(of.coverage.relations, of.coverage.sourced, of.coverage.shares)}</p>
        <ul lang="en">{of.assumptions.map((text) => <li key={text}>{text}</li>)}</ul>
      </details>
    </>
  );
}
