// What would help: second sources in the order of their effect. One that is tried goes into the scenario, and the loss is
// shown before and after.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { DisruptionRow, RemediesAnswer, RemedyRow } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { address, change } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, type Named } from "../../ui/names";
import { count, percent } from "../../ui/numbers";
import { Incomplete } from "../../ui/complete";
import { scope } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { LossBar } from "./bar";
import { namesOf, put } from "./choose";
import { useNames } from "./known";
import type { Case } from "./scenario";
import { linesText, targetText } from "./tell";
import { w } from "./words";

const t = words({
  en: {
    head: "What would help", lead: (stop: string) => `Second sources that lower the loss if this happens: ${stop}. Those that help most come first.`, buyer: "Second source for", part: "It takes over", ofIntake: "of the intake",
    enlarged: (who: string, part: string, what: string) => `${who} takes over another ${part} of the ${what}`, fresh: (who: string, part: string, what: string) => `${who} takes over ${part} of the ${what}`, anyone: "A supplier that no source names", more: (n: number) => `or ${n} more`,
    tryIt: "Try it", look: "Look for second sources", tried: "Tried", drop: "Take it out", eased: (n: number) => (n === 1 ? "1 line loses less" : `${count(n)} lines lose less`), mean: "Mean of its lines", company: "The company as a whole", trying: "In the scenario", effect: "Before and after",
    or: " or ", none: "No single second source of this size lowers the loss: all documented alternatives hang on the same, or what stops comes in through several inputs at once.", caveat: "Whether they have capacity to spare, qualify, and at what price, nobody states.",
    cannot: "Second sources can be looked for when a company, a product or a country stops.", stage: (s: string) => ({ announced: "announced only", sampling: "sampling" })[s] ?? "", competitor: "competes with the buyer", one: "Looked for with the first of what stops, stopping wholly.",
  },
  zh: {
    head: "如何补救", lead: (stop: string) => `${stop}时可降低损失的第二供应来源，效果最大者在前。`, buyer: "为谁寻找第二来源", part: "承接采购量的", ofIntake: "",
    enlarged: (who: string, part: string, what: string) => `${who}再承接 ${part} 的${what}`, fresh: (who: string, part: string, what: string) => `${who}承接 ${part} 的${what}`, anyone: "未被记录的新供应商", more: (n: number) => `等另外 ${n} 家`,
    tryIt: "试用", look: "查找第二来源", tried: "已采用", drop: "移除", eased: (n: number) => `${count(n)} 项业务损失减少`, mean: "各业务平均", company: "公司整体", trying: "已加入情景", effect: "补救前后",
    or: "或", none: "没有单一的第二来源能以此份额降低损失：有记录的替代者依赖同一环节，或中断同时经由多种投入品传导。", caveat: "对方是否有富余产能、能否通过认证、价格如何，均无来源说明。",
    cannot: "仅当公司、产品或国家/地区中断时可查找第二来源。", stage: (s: string) => ({ announced: "仅宣布", sampling: "送样中" })[s] ?? "", competitor: "与采购方存在竞争", one: "按第一项中断对象、完全中断计算。",
  },
});

/** Where more companies are affected, looking takes seconds: it waits until it is asked for. */
const many = 5000;

const parts = [0.1, 0.3, 0.5];

export function Remedies({ of, own, buyers, affected }: { of: Case; own: readonly DisruptionRow[]; buyers: readonly Named[]; affected: number }) {
  const [wanted, setWanted] = useState(false);
  const params = address.value.params;
  const buyer = buyers.find((b) => b.id === params.get("buyer")) ?? buyers[0];
  const share = parts.find((p) => p === Number(params.get("share"))) ?? 0.3;
  const stop = of.stops.find((s) => s.company || s.product || s.country);
  const name = useNames(namesOf(of));
  if (!buyer) return null;
  return (
    <section class="remedies">
      <h2>{t().head}</h2>
      <Tried of={of} own={own} name={name} />
      {!stop ? <p class="facts">{t().cannot}</p> : (
        <>
          <p class="facts">{t().lead(targetText({ ...stop, capacity: undefined }, name))} {(of.stops.length > 1 || stop.capacity) && t().one}</p>
          <div class="whatif-tools">
            {buyers.length > 1 && <label>{t().buyer} <select value={buyer.id} onChange={(e) => change({ buyer: e.currentTarget.value }, true)}>{buyers.map((b) => <option key={b.id} value={b.id}>{nameOf(b)}</option>)}</select></label>}
            <label>{t().part} <select value={share} onChange={(e) => change({ share: e.currentTarget.value }, true)}>{parts.map((p) => <option key={p} value={p}>{percent(p)}</option>)}</select> {t().ofIntake}</label>
          </div>
          {affected <= many || wanted ? <Ranked of={of} stop={stop} buyer={buyer} share={share} /> : <p><button type="button" onClick={() => setWanted(true)}>{t().look}</button></p>}
        </>
      )}
    </section>
  );
}

function Ranked({ of, stop, buyer, share }: { of: Case; stop: Case["stops"][number]; buyer: Named; share: number }) {
  const query = {
    ...scope(), share, limit: 8, if_stops: stop.company, if_stops_product: stop.product, if_stops_country: stop.country, by: stop.by === "site" ? undefined : stop.by,
    assume: of.assume.length > 0 ? ([of.assume.join(",")] as ("complete" | "essential")[]) : undefined, // one parameter, parted by commas undocumented: of.undocumented, product_level: of.productLevel,
  };
  const asked = useAnswer("remedies " + buyer.id + JSON.stringify(query), (signal) => answer(api.GET("/v1/companies/{id}/remedies", { params: { path: { id: buyer.id }, query }, signal })));
  return (
    <Answered asked={asked}>
      {(a) => a.items.length === 0 ? <p class="note">{t().none}</p> : (
        <>
          <ol class="remedy-list">{a.items.map((r) => <Suggestion key={r.kind + r.input.id + (r.names[0]?.id ?? "")} row={r} of={of} base={a} buyer={buyer} />)}</ol>
          <Incomplete of={a} shown={a.items.length} />
          <p class="facts">{t().caveat}</p>
        </>
      )}
    </Answered>
  );
}

function Suggestion({ row, of, base, buyer }: { row: RemedyRow; of: Case; base: RemediesAnswer; buyer: Named }) {
  const first = row.second_sources[0];
  const named = row.second_sources.filter((s) => s.id);
  const who = named.length > 0 ? named.slice(0, 2).map((s) => nameOf({ ...s, id: s.id ?? "" })).join(t().or) + (row.count > 2 ? " " + t().more(row.count - 2) : "") : t().anyone;
  const second = { from: first?.id ?? "", product: row.input.id, to: buyer.id, takes: base.share };
  const tried = of.seconds.some((s) => s.from === second.from && s.product === second.product && s.to === second.to);
  const whole = row.worst_loss && base.worst?.loss && (row.worst_loss.high < base.worst.loss.high || row.worst_loss.low < base.worst.loss.low);
  const marks = [first?.country && countryName(first.country), t().stage(first?.trial ?? first?.stage ?? ""), first?.competitor && t().competitor, row.eased > 0 && t().eased(row.eased)].filter(Boolean);
  return (
    <li>
      <div class="remedy-words">
        <strong>{(row.kind === "enlarged" ? t().enlarged : t().fresh)(who, percent(base.share), nameOf(row.input))}</strong>
        <small>{marks.join(" · ")}</small>
      </div>
      <div class="remedy-effect">
        <small>{whole ? t().company : t().mean}</small>
        <LossBar of={whole ? base.worst?.loss : base.mean_loss} /><span aria-hidden="true">→</span><LossBar of={whole ? row.worst_loss : row.mean_loss} />
      </div>
      {tried ? <span class="tried">{t().tried}</span> : <button type="button" onClick={() => put({ ...of, seconds: [...of.seconds, second] })}>{t().tryIt}</button>}
    </li>
  );
}

/** The second sources of the scenario, and the loss of the company asked about before and after. */
function Tried({ of, own, name }: { of: Case; own: readonly DisruptionRow[]; name: (kind: "company" | "product", id: string) => string }) {
  if (of.seconds.length === 0) return null;
  const rows = own.filter((r) => r.loss_after && !r.hit);
  return (
    <div class="panel trying">
      <h3>{t().trying}</h3>
      <ul>
        {of.seconds.map((s, i) => (
          <li key={i}>{t().fresh(s.from ? name("company", s.from) : t().anyone, percent(s.takes), name("product", s.product))} → {name("company", s.to)} <button type="button" class="plain" onClick={() => put({ ...of, seconds: of.seconds.filter((_, j) => j !== i) })}>{t().drop}</button></li>
        ))}
      </ul>
      {rows.length > 0 && (
        <table class="cards before-after">
          <caption>{t().effect}: {nameOf(rows[0]!)}</caption>
          <thead><tr><th scope="col">{w().lines}</th><th scope="col">{w().before}</th><th scope="col">{w().after}</th></tr></thead>
          <tbody>{rows.map((r, i) => <tr key={i}><td>{linesText(r.lines)}</td><td data-head={w().before}><LossBar of={r.loss} /></td><td data-head={w().after}><LossBar of={r.loss_after} /></td></tr>)}</tbody>
        </table>
      )}
    </div>
  );
}
