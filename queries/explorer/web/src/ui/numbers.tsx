// Numbers as readers see them. One that may be uncertain is an interval; an unknown one is never zero.
import type { Interval } from "../api/schema";
import { language, words } from "../app/settings";

const w = words({
  en: { unknown: "unknown", atLeast: (x: string) => `at least ${x}`, atMost: (x: string) => `at most ${x}`, between: (a: string, b: string) => `${a} to ${b}` },
  zh: { unknown: "未知", atLeast: (x: string) => `至少 ${x}`, atMost: (x: string) => `至多 ${x}`, between: (a: string, b: string) => `${a} 至 ${b}` },
});

export function count(n: number): string {
  return n.toLocaleString(language.value === "zh" ? "zh-CN" : "en");
}

/** A fraction as a percentage, with as many digits as it needs. */
export function percent(x: number): string {
  const p = x * 100;
  return (p !== 0 && Math.abs(p) < 1 ? p.toPrecision(1) : String(Math.round(p * 10) / 10)) + "%";
}

/** An interval of fractions in words: "12%", "5% to 20%", "at least 5%", "unknown". */
export function share(x: Pick<Interval, "low" | "high"> | null | undefined): string {
  if (!x || (x.low <= 0 && x.high >= 1)) return w().unknown;
  if (percent(x.low) === percent(x.high)) return percent(x.low);
  if (x.high >= 1) return w().atLeast(percent(x.low));
  if (x.low <= 0) return w().atMost(percent(x.high));
  return w().between(percent(x.low), percent(x.high));
}

/** An interval of fractions as a bar from 0 to 1: solid up to its least, hatched up to its most; with its own text where it stands for another measure. */
export function ShareBar({ value, text }: { value: Pick<Interval, "low" | "high"> | null | undefined; text?: string }) {
  const low = value ? value.low : 0;
  const high = value ? value.high : 1;
  return (
    <span class="share">
      <span class="share-bar" aria-hidden="true">
        <span class="share-low" style={{ width: percent(low) }} />
        <span class="share-open" style={{ width: percent(Math.max(0, high - low)) }} />
      </span>
      <span class="share-text">{text ?? share(value)}</span>
    </span>
  );
}
