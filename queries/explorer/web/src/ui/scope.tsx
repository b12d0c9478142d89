// What counts: the day and the least confidence, which the views of a company share through the address.
import { address, change } from "../app/address";
import { words } from "../app/settings";
import { percent } from "./numbers";

const w = words({
  en: { date: "As of", confidence: "Least confidence", any: "any", today: "Today" },
  zh: { date: "截至日期", confidence: "最低置信度", any: "不限", today: "今天" },
});

export interface Scope {
  readonly as_of?: string;
  readonly min_confidence?: number;
}

/** What counts, by the address. */
export function scope(): Scope {
  const params = address.value.params;
  const as_of = params.get("as_of") || undefined;
  const least = Number(params.get("min_confidence") || 0);
  return { ...(as_of && { as_of }), ...(least > 0 && { min_confidence: least }) };
}

/** The parameters of the scope, for links to views that share it. */
export function scopeParams(): Record<string, string | null> {
  const params = address.value.params;
  return { as_of: params.get("as_of"), min_confidence: params.get("min_confidence") };
}

/** The scope as a part of a key of an answer. */
export function scopeKey(): string {
  return JSON.stringify(scope());
}

const steps = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9];

export function ScopeFilters() {
  const { as_of = "", min_confidence = 0 } = scope();
  const choices = steps.includes(min_confidence) || !min_confidence ? steps : [...steps, min_confidence].sort();
  return (
    <>
      <label>{w().date}<input type="date" value={as_of} onChange={(e) => change({ as_of: e.currentTarget.value })} /></label>
      {as_of && <button type="button" onClick={() => change({ as_of: "" })}>{w().today}</button>}
      <label>{w().confidence}
        <select value={min_confidence || ""} onChange={(e) => change({ min_confidence: e.currentTarget.value })}>
          <option value="">{w().any}</option>
          {choices.map((x) => <option key={x} value={x}>{percent(x)}</option>)}
        </select>
      </label>
    </>
  );
}
