// The numbers of a relation, each with what it is a part of.
import type { Interval, RelationAnswer } from "../../api/schema";
import { language } from "../../app/settings";
import { nameOf } from "../../ui/names";
import { count, percent, ShareBar } from "../../ui/numbers";
import { w } from "./words";

const shares = ["share_of_input", "market_share", "share", "revenue_share", "cost_share"];
const others = ["value", "quantity", "lead_time_days", "inventory_days"];

/** Kinds of relation that have numbers. */
const counted = ["supplies", "owns", "makes"];

/** What a number counts, in words with the names of the relation. */
export function measured(of: RelationAnswer, field: string): string {
  const say = w().fields[field];
  return say ? say({ from: nameOf(of.from), to: nameOf(of.to), product: of.product ? nameOf(of.product) : w().someProduct }) : field;
}

/** A number as the claims state it, with its currency or unit. */
export function stated(field: string, value: number, texts: Record<string, string>): string {
  if (shares.includes(field)) return percent(value);
  if (field === "value") return texts.currency ? money(value, texts.currency) : count(value);
  return count(value) + (field === "quantity" && texts.unit ? " " + texts.unit : "");
}

/** A number of a relation as a phrase: "71% of Nvidia's purchases of HBM". */
export function phrase(of: RelationAnswer, field: string, text: string): string {
  return (shares.includes(field) ? w().shareOf : w().amountOf)(text, measured(of, field));
}

function money(value: number, currency: string): string {
  return new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en", { style: "currency", currency, currencyDisplay: "code", notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function Numbers({ of }: { of: RelationAnswer }) {
  const numbers = of.numbers as Record<string, Interval | null>;
  const rows = shares.filter((field) => numbers[field] || (field === "share_of_input" && of.share)).map((field) => ({ field, value: field === "share_of_input" ? (of.share ?? numbers[field]) : numbers[field] }));
  const texts = of.texts as Record<string, string>;
  const amounts = others.filter((field) => numbers[field]);
  if (rows.length + amounts.length === 0 && !counted.includes(of.kind)) return null;
  return (
    <section class="evidence-numbers">
      <h3>{w().numbers}</h3>
      {rows.length + amounts.length === 0 && <p class="quiet">{w().none}</p>}
      <ul>
        {rows.map(({ field, value }) => value && (
          <li key={field}>
            <ShareBar value={value} /> <span class="of">{measured(of, field)}{value.period && <span class="quiet">, {value.period}</span>}{value.disputed && <strong class="mark">{w().disputedMark}</strong>}</span>
            {(value.basis !== "stated" || value.overstated) && <small>{value.overstated ? w().overstated : value.low <= 0 && value.high >= 1 && value.basis === "residual" ? w().unstated : w().restsOn[value.basis]}</small>}
          </li>
        ))}
        {amounts.map((field) => {
          const value = numbers[field]!;
          const text = value.low === value.high ? stated(field, value.low, texts) : `${stated(field, value.low, texts)} – ${stated(field, value.high, texts)}`;
          return <li key={field}><span class="amount">{text}</span> <span class="of">{measured(of, field)}{value.period && <span class="quiet">, {value.period}</span>}{value.disputed && <strong class="mark">{w().disputedMark}</strong>}</span></li>;
        })}
      </ul>
    </section>
  );
}
