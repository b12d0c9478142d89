// The filters of the picture; each is in the address.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChainAnswer } from "../../api/schema";
import { change, type Params } from "../../app/address";
import { titleOf } from "../../chart/labels";
import { count, percent } from "../../ui/numbers";
import { countryName } from "../../ui/names";
import { CountryPicker } from "./country";
import { DateSlider } from "./dates";
import { ProductPicker } from "./product";
import { deepest, narrow, type ChainState, type Fold, unfiltered } from "./state";
import { tierTitle } from "./tell";
import { w } from "./words";

/** Changes the address a little later than the reader moves a slider, so that only where it comes to rest is asked. */
export function useSettled(): (params: Params) => void {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (params) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => change(params, true), 80);
  };
}

export function Filters({ state, data }: { state: ChainState; data: ChainAnswer | undefined }) {
  const narrowed = state.product || state.country.length > 0 || state.as_of || state.min_confidence > 0 || state.open.length > 0;
  // On a phone the filters are folded away until they are wanted.
  return (
    <details class="chain-filters" open={!narrow()}>
      <summary>{w().filters}</summary>
      <form aria-label={w().filters} onSubmit={(e) => e.preventDefault()}>
        <Stepper label={w().suppliers} value={state.suppliers} name="suppliers" />
        <Stepper label={w().customers} value={state.customers} name="customers" />
        <ProductPicker value={state.product} />
        <CountryPicker value={state.country} nodes={data?.nodes ?? []} />
        <Confidence value={state.min_confidence} />
        {data && <DateSlider value={state.as_of} dates={data.dates} />}
        <Choice label={w().fold} value={state.fold} onChange={(fold) => change({ fold: fold === "country" ? "" : fold, open: [] })} options={(["country", "sector", "product"] as const).map((f) => [f, w().folds[f]] as const)} />
        <Choice label={w().visible} value={String(state.visible)} onChange={(visible) => change({ visible })} options={sizes(state.visible).map((n) => [String(n), count(n)] as const)} />
        {narrowed && <button type="button" class="plain" onClick={() => change(unfiltered)}>{w().reset}</button>}
      </form>
    </details>
  );
}

function sizes(now: number): number[] {
  return [...new Set([20, 40, 80, 200, 500, 2000, now])].sort((a, b) => a - b);
}

function Choice<T extends Fold | string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (to: T) => void }) {
  return (
    <label class="filter">
      <span>{label}</span>
      <select value={value} onChange={(e) => onChange(e.currentTarget.value as T)}>{options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}</select>
    </label>
  );
}

function Stepper({ label, value, name }: { label: string; value: number; name: "suppliers" | "customers" }) {
  return (
    <div class="filter stepper" role="group" aria-label={label}>
      <span>{label}</span>
      <div>
        <button type="button" aria-label={w().less(label)} disabled={value <= 0} onClick={() => change({ [name]: String(value - 1) })}>−</button>
        <output aria-label={label}>{value}</output>
        <button type="button" aria-label={w().more(label)} disabled={value >= deepest} onClick={() => change({ [name]: String(value + 1) })}>+</button>
      </div>
    </div>
  );
}

function Confidence({ value }: { value: number }) {
  const [now, set] = useState(value);
  const settle = useSettled();
  useEffect(() => set(value), [value]);
  const text = now > 0 ? percent(now) : w().anyConfidence;
  return (
    <label class="filter slider">
      <span>{w().confidence} <output>{text}</output></span>
      <input type="range" min="0" max="1" step="0.05" value={now} aria-valuetext={text} onInput={(e) => {
        const to = Math.round(Number(e.currentTarget.value) * 100) / 100;
        set(to);
        settle({ min_confidence: to || "" });
      }} />
    </label>
  );
}

/** What is opened and what the countries are narrowed to, each with a way back. */
export function Chips({ state, data }: { state: ChainState; data: ChainAnswer }) {
  if (state.open.length === 0 && state.country.length === 0) return null;
  const without = (list: readonly string[], item: string) => list.filter((x) => x !== item);
  return (
    <ul class="chips">
      {state.country.map((c) => <li key={c}><Chip text={countryName(c)} label={w().remove(countryName(c))} onClick={() => change({ country: without(state.country, c) })} /></li>)}
      {state.open.map((o) => <li key={o}><Chip text={`${w().opened}: ${openName(o, data)}`} label={w().close(openName(o, data))} onClick={() => change({ open: without(state.open, o) })} /></li>)}
    </ul>
  );
}

function Chip({ text, label, onClick }: { text: string; label: string; onClick: () => void }) {
  return <button type="button" class="chip" aria-label={label} onClick={onClick}>{text} <span aria-hidden="true">×</span></button>;
}

function openName(open: string, data: ChainAnswer): string {
  const [, tier = "0", key = ""] = /^(-?\d+):(.*)$/s.exec(open) ?? [];
  const product = data.links.flatMap((l) => l.products).find((p) => p.id === key);
  const title = titleOf({ id: open, kind: "group", tier: Number(tier), key, name: product?.name ?? key, name_zh: product?.name_zh });
  return `${title} · ${tierTitle(Number(tier))}`;
}
