// Colours by country or sector: the most frequent have one each, the others share one.
import { countryName } from "../ui/names";
import type { ChartNode } from "./model";

export type ColourBy = "country" | "sector";

/** How many have a colour of their own; then come that of the others and that of the unknown. */
export const own = 9;
export const others = own;
export const unknown = own + 1;

export interface Colouring {
  readonly by: ColourBy;
  /** The most frequent first: by key how many companies there are, and which colour. Others and unknown have a mark instead of a key. */
  readonly entries: readonly { readonly key: string; readonly mark?: "*" | "?"; readonly colour: number; readonly companies: number }[];
  readonly of: (n: ChartNode) => number;
}

/** What a node has its colour by; a group of another kind has none. */
export function keyOf(n: ChartNode, by: ColourBy): string {
  if (n.kind === "company") return n[by] ?? "";
  return n.key && (by === "country") === /^[A-Z]{2}$/.test(n.key) ? n.key : "";
}

export function colouring(nodes: readonly ChartNode[], by: ColourBy): Colouring {
  const counts = new Map<string, number>();
  for (const n of nodes) {
    const key = keyOf(n, by);
    counts.set(key, (counts.get(key) ?? 0) + (n.companies ?? 1));
  }
  const nameless = counts.get("") ?? 0;
  counts.delete("");
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const colours = new Map(ranked.slice(0, own).map(([key], i) => [key, i]));
  const entries: { key: string; mark?: "*" | "?"; colour: number; companies: number }[] = ranked.slice(0, own).map(([key, companies], colour) => ({ key, colour, companies }));
  const rest = ranked.slice(own).reduce((s, [, n]) => s + n, 0);
  if (rest > 0) entries.push({ key: "", mark: "*", colour: others, companies: rest });
  if (nameless > 0) entries.push({ key: "", mark: "?", colour: unknown, companies: nameless });
  return {
    by,
    entries,
    of: (n) => {
      const key = keyOf(n, by);
      return key === "" ? unknown : (colours.get(key) ?? others);
    },
  };
}

export function keyName(key: string, by: ColourBy): string {
  return by === "country" ? countryName(key) : key;
}

/** The colours of the scheme that the page is in, out of its style sheet. */
export interface Palette {
  readonly of: readonly string[];
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly quiet: string;
  readonly accent: string;
  readonly loss: string;
  readonly font: string;
}

export function palette(element: Element): Palette {
  const css = getComputedStyle(element);
  const get = (name: string) => css.getPropertyValue(name).trim();
  return {
    of: Array.from({ length: own + 2 }, (_, i) => get(`--hue-${i}`)),
    surface: get("--surface"), line: get("--line"), text: get("--text"), quiet: get("--quiet"), accent: get("--accent"), loss: get("--loss"),
    font: css.fontFamily,
  };
}
