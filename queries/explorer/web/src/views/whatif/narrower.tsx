// Why a loss is an interval, and what would narrow it: what may be supposed, with what it would then be, and the facts to
// find out along the chain of the loss.
import type { CauseHop, DisruptionAnswer, DisruptionRow } from "../../api/schema";
import { changed } from "../../app/address";
import { words } from "../../app/settings";
import { nameOf, type Named } from "../../ui/names";
import { Answered } from "../../ui/state";
import { useCases } from "./ask";
import { LossBar } from "./bar";
import { put } from "./choose";
import type { Case } from "./scenario";
import { linesText, mostOf, sameLines } from "./tell";
import { w } from "./words";

const t = words({
  en: {
    why: (names: string) => `The interval is wide because sources do not say ${names}. It is not an estimate: the truth may be anywhere in it.`,
    shares: "who supplies how much", lists: "whether the documented suppliers are all there are", needs: "what can be done without", or: " or ", comma: ", ",
    askShare: (buyer: string, what: string, n: number) => `How much of its ${what} does ${buyer} get from each of its ${n} documented suppliers?`, askList: (buyer: string, what: string) => `Does ${buyer} have suppliers of ${what} that nobody documented?`,
    askNeed: (buyer: string, what: string, lines: string) => `Can ${buyer} make its ${lines} without ${what}?`, askNeedAll: (buyer: string, what: string) => `Can ${buyer} do without ${what}?`, evidence: "What sources say", something: "input",
  },
  zh: {
    why: (names: string) => `区间之所以宽，是因为来源未说明${names}。这不是估算：真实值可能落在区间内任何位置。`,
    shares: "各家的供货份额", lists: "已记录的供应商是否为全部", needs: "哪些投入品可以替代", or: "，也未说明", comma: "、",
    askShare: (buyer: string, what: string, n: number) => `${buyer}的${what}由 ${n} 家有记录的供应商各供应多少？`, askList: (buyer: string, what: string) => `${buyer}是否还有未被记录的${what}供应商？`,
    askNeed: (buyer: string, what: string, lines: string) => `缺少${what}，${buyer}能否继续生产${lines}？`, askNeedAll: (buyer: string, what: string) => `${buyer}能否不用${what}？`, evidence: "查看来源", something: "投入品",
  },
});

export function Narrower({ of, who, own, all }: { of: Case; who: Named; own: DisruptionAnswer; all?: DisruptionAnswer }) {
  const most = mostOf(own.items.filter((r) => !r.hit));
  const loss = most?.loss;
  if (!most || !loss || loss.high - loss.low < 0.001) return null;
  const facts = factsOf(of, most, [...own.items, ...(all?.items ?? [])]);
  const silent = [facts.some((f) => f.kind === "shares") && t().shares, facts.some((f) => f.kind === "lists") && t().lists, facts.some((f) => f.kind === "needs") && t().needs].filter((x) => x !== false);
  return (
    <details class="narrower panel" open>
      <summary><h2>{w().narrower}</h2></summary>
      {silent.length > 0 && <p>{t().why(silent.length < 2 ? silent.join("") : silent.slice(0, -1).join(t().comma) + t().or + silent.at(-1))}</p>}
      <div class="narrower-columns">
        <Supposing of={of} who={who} row={most} />
        {facts.length > 0 && (
          <section>
            <h3>{w().factsToAsk}</h3>
            <ul class="facts-to-ask">{facts.map((f) => <li key={f.text}>{f.text} {f.hop.relation && <a href={changed({ relation: f.hop.relation })}>{t().evidence}</a>}</li>)}</ul>
          </section>
        )}
      </div>
    </details>
  );
}

interface Fact {
  readonly kind: "shares" | "lists" | "needs";
  readonly text: string;
  readonly hop: CauseHop;
}

/** What is not known of the inputs along the chain of a loss, the nearest to the company first. */
function factsOf(of: Case, row: DisruptionRow, rows: readonly DisruptionRow[]): Fact[] {
  const out: Fact[] = [];
  for (const hop of [...row.path].reverse()) {
    const at = hop.to.id === row.id ? row : rows.find((r) => r.id === hop.to.id && (r.binding?.product?.id ?? "") === (hop.product?.id ?? ""));
    const b = at?.binding;
    if (!b) continue;
    const [buyer, what] = [nameOf(hop.to), b.product ? nameOf(b.product) : t().something];
    if (b.suppliers > 1 && b.shares_stated < b.suppliers) out.push({ kind: "shares", hop, text: t().askShare(buyer, what, b.suppliers) });
    if (b.essential === "not_stated" && !of.assume.includes("essential")) out.push({ kind: "needs", hop, text: at.lines.length > 0 ? t().askNeed(buyer, what, linesText(at.lines)) : t().askNeedAll(buyer, what) });
    if (!b.list_complete && !of.assume.includes("complete")) out.push({ kind: "lists", hop, text: t().askList(buyer, what) });
  }
  return out;
}

/** The loss under each of the assumptions that are not made yet, alone and together. */
function Supposing({ of, who, row }: { of: Case; who: Named; row: DisruptionRow }) {
  const more = furtherOf(of);
  const asked = useCases(more.map((m) => m.of), who.id);
  const made = of.assume.length > 0 || of.productLevel !== "both";
  return (
    <section>
      <h3>{w().withAssumption}</h3>
      <table class="cards supposing">
        <tbody>
          <tr><th scope="row">{made ? w().asSupposed : w().asIs}</th><td><LossBar of={row.loss} /></td><td>{made && <button type="button" class="plain" onClick={() => put({ ...of, assume: [], productLevel: "both" })}>{w().stopSupposing}</button>}</td></tr>
          {asked.data && asked.data.length === more.length && more.map((m, i) => {
            const then = sameLines(row, asked.data?.[i]?.items ?? []);
            return (
              <tr key={m.name}>
                <th scope="row">{m.name}</th>
                <td>{then.map((r) => <div key={r.lines[0]?.id}><LossBar of={r.loss} />{then.length > 1 && <small> {linesText(r.lines)}</small>}</div>)}</td>
                <td><button type="button" class="plain" aria-label={`${w().suppose}: ${m.name}`} onClick={() => put(m.of)}>{w().suppose}</button></td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!asked.data && <Answered asked={asked}>{() => null}</Answered>}
    </section>
  );
}

/** The case with one more assumption each, with both, and with that and each kind of a product as an input of its own. */
function furtherOf(of: Case): { name: string; of: Case }[] {
  const open = (["complete", "essential"] as const).filter((a) => !of.assume.includes(a));
  const out: { name: string; of: Case }[] = open.map((a) => ({ name: w()[a], of: { ...of, assume: [...of.assume, a] } }));
  const both: Case = { ...of, assume: ["complete", "essential"] };
  if (open.length === 2) out.push({ name: w().both, of: both });
  if (of.productLevel === "both") out.push({ name: open.length > 0 ? w().allThree : w().kindsApart, of: { ...both, productLevel: "exact" } });
  return out;
}
