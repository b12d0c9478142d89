// A slider over the days on which relations of the picture begin or end, and today.
import { useEffect, useState } from "preact/hooks";
import type { ChainDates } from "../../api/schema";
import { change } from "../../app/address";
import { language } from "../../app/settings";
import { useSettled } from "./filters";
import { w } from "./words";

/** A day in the reader's language. The address may say something else, such as 2024Q2, which stays as it is. */
export function dayName(day: string): string {
  if (day === "any") return w().anyDay;
  const at = new Date(day + "T00:00:00Z");
  if (isNaN(at.getTime())) return day;
  return new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeZone: "UTC" }).format(at);
}

function todayText(): string {
  return new Date().toISOString().slice(0, 10);
}

export function DateSlider({ value, dates }: { value: string; dates: ChainDates }) {
  const today = todayText();
  const chosen = value === "" || value === "today" ? today : value;
  const stops = [...new Set([...dates.changes, today, chosen])].sort();
  const at = stops.indexOf(chosen);
  const [now, set] = useState(at);
  const settle = useSettled();
  useEffect(() => set(at), [at, stops.length]);
  const day = stops[now] ?? today;
  return (
    <div class="filter slider wide">
      <label for="chain-date">{w().date} <output>{dayName(day)}</output></label>
      {day !== today && <button type="button" class="plain" onClick={() => change({ as_of: "" })}>{w().today}</button>}
      <input id="chain-date" type="range" min="0" max={stops.length - 1} step="1" value={now} aria-valuetext={dayName(day)} disabled={stops.length < 2} onInput={(e) => {
        const to = Number(e.currentTarget.value);
        set(to);
        settle({ as_of: stops[to] === today ? "" : stops[to] });
      }} />
    </div>
  );
}
