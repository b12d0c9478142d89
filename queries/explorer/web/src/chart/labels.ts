// What stands in the boxes.
import { words } from "../app/settings";
import { count } from "../ui/numbers";
import { countryName, nameOf } from "../ui/names";
import type { ChartNode } from "./model";

const w = words({
  en: { unknown: "not stated", others: "others", companies: (n: string) => `${n} companies` },
  zh: { unknown: "未注明", others: "其他", companies: (n: string) => `${n} 家公司` },
});

/** The name of a company, or what a group has in common. */
export function titleOf(n: ChartNode): string {
  if (n.kind === "company") return nameOf(n);
  if (!n.key) return w().unknown;
  if (n.key === "*") return w().others;
  return /^[A-Z]{2}$/.test(n.key) ? countryName(n.key) : nameOf(n);
}

/** What stands at the right of a box: the country of a company, the size of a group. */
export function sideOf(n: ChartNode): string {
  return n.kind === "group" ? `×${count(n.companies ?? 0)} ▸` : (n.country ?? "");
}

export function sizeOf(n: ChartNode): string {
  return w().companies(count(n.companies ?? 1));
}

/** About how wide a heading is. */
export function wideOf(text: string): number {
  let wide = 0;
  for (const c of text) wide += c > "\u2e80" ? 12 : 6.2;
  return wide;
}

const measure = document.createElement("canvas").getContext("2d");
const cuts = new Map<string, string>();

/** A text cut to a width in pixels, as SVG and canvases do not do by themselves. */
export function cut(text: string, width: number, font: string): string {
  if (!measure) return text;
  const key = `${font}\n${width}\n${text}`;
  let out = cuts.get(key);
  if (out === undefined) {
    measure.font = font;
    out = text;
    if (measure.measureText(text).width > width) {
      let [low, high] = [0, text.length];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (measure.measureText(text.slice(0, middle) + "…").width <= width) low = middle;
        else high = middle - 1;
      }
      out = text.slice(0, low).trimEnd() + "…";
    }
    if (cuts.size > 20_000) cuts.clear();
    cuts.set(key, out);
  }
  return out;
}
