// What the colours mean. Pointing at one lights up its companies, a click keeps them lit.
import { words } from "../app/settings";
import { count } from "../ui/numbers";
import { keyName, others, type Colouring } from "./colours";

const w = words({
  en: { label: "Colours", other: "others", unknown: "not stated", country: "Countries", sector: "Sectors" },
  zh: { label: "图例", other: "其他", unknown: "未注明", country: "国家/地区", sector: "行业" },
});

export interface LegendProps {
  readonly colours: Colouring;
  /** The colour that is kept lit. */
  readonly kept: number | null;
  readonly onPoint: (colour: number | null) => void;
  readonly onKeep: (colour: number | null) => void;
}

export function entryName(of: Colouring, entry: Colouring["entries"][number]): string {
  if (entry.key) return keyName(entry.key, of.by);
  return entry.colour === others ? w().other : w().unknown;
}

export function Legend({ colours, kept, onPoint, onKeep }: LegendProps) {
  return (
    <ul class="legend" aria-label={w()[colours.by]} onPointerLeave={() => onPoint(null)}>
      {colours.entries.map((e) => (
        <li key={e.colour}>
          <button type="button" class={`hue-${e.colour}`} aria-pressed={kept === e.colour} onPointerEnter={() => onPoint(e.colour)} onFocus={() => onPoint(e.colour)} onBlur={() => onPoint(null)}
            onClick={() => onKeep(kept === e.colour ? null : e.colour)}>
            <span class="swatch" aria-hidden="true" />{entryName(colours, e)} <small>{count(e.companies)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
