// The picture as a file of its own: SVG out of the same curves and colours, with its headings, its legend and what it
// does not show. Nothing in it needs the page.
import type { Colouring, Palette } from "./colours";
import { curve } from "./curve";
import { cut, sideOf, titleOf } from "./labels";
import { box } from "./layout";
import { entryName } from "./legend";
import type { Bounds, Layout, Placed, Ribbon } from "./model";

export interface Sheet {
  readonly layout: Layout;
  readonly colours: Colouring;
  readonly palette: Palette;
  readonly title: string;
  /** Under the title: the day, the filters. */
  readonly subtitle: string;
  readonly heading: (tier: number) => { title: string; detail: string };
  /** Under the picture: how to read it, what is folded or left out. */
  readonly notes: readonly string[];
  readonly losses?: ReadonlyMap<string, Bounds>;
}

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const margin = 32;

export function drawing(s: Sheet): Drawing {
  const { layout, palette } = s;
  const width = Math.ceil(Math.max(layout.right - layout.left, 640) + 2 * margin);
  const head = 118;
  const left = margin + (width - 2 * margin - (layout.right - layout.left)) / 2 - layout.left;
  const below = head + layout.bottom - layout.top + 36;
  const legend = legendOf(s, below, width);
  const notes = s.notes.flatMap((n) => wrapped(n, width - 2 * margin, `12px ${palette.font}`));
  const height = Math.ceil(legend.bottom + 14 + notes.length * 18 + margin);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(palette.font)}" font-size="12" fill="${palette.text}">`,
    `<title>${escape(s.title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.surface}"/>`,
    hatch(palette),
    text(s.title, margin, 38, `font-size="20" font-weight="650"`),
    text(s.subtitle, margin, 60, `fill="${palette.quiet}"`),
    ...layout.columns.map((c) => headingOf(s, c.tier, left + c.x + box / 2)),
    `<g transform="translate(${left} ${head - layout.top})">`,
    `<g fill="none" stroke-opacity="0.5">`,
    ...layout.ribbons.map((r) => ribbonOf(s, r)),
    `</g>`,
    ...layout.nodes.map((p) => boxOf(s, p)),
    `</g>`,
    legend.svg,
    ...notes.map((n, i) => text(n, margin, legend.bottom + 24 + i * 18, `fill="${palette.quiet}"`)),
    `</svg>`,
  ];
  return { svg: parts.join("\n"), width, height };
}

function headingOf(s: Sheet, tier: number, x: number): string {
  const { title, detail } = s.heading(tier);
  return text(title, x, 90, `font-weight="600" text-anchor="middle"`) + text(detail, x, 106, `font-size="11" text-anchor="middle" fill="${s.palette.quiet}"`);
}

function ribbonOf(s: Sheet, r: Ribbon): string {
  return `<path d="${curve(r)}" stroke="${s.palette.of[s.colours.of(r.from.node)]}" stroke-width="${round(r.w)}"${r.vague ? ` stroke-dasharray="6 3"` : ""}/>`;
}

function boxOf(s: Sheet, p: Placed): string {
  const { palette } = s;
  const side = sideOf(p.node);
  const focal = p.node.tier === 0;
  const loss = s.losses?.get(p.node.id);
  const frame = `fill="${palette.surface}" stroke="${focal ? palette.accent : palette.line}"${focal ? ` stroke-width="2"` : ""}${p.node.passed ? ` stroke-dasharray="3 3"` : ""}`;
  const room = box - 20 - (side ? side.length * 7 + 4 : 0);
  return [
    `<g transform="translate(${round(p.x)} ${round(p.y)})">`,
    p.node.kind === "group" ? `<rect x="3" y="3" width="${box}" height="${round(p.h)}" rx="3" ${frame}/>` : "",
    `<rect width="${box}" height="${round(p.h)}" rx="3" ${frame}/>`,
    loss ? `<rect x="5" y="1" width="${round((box - 6) * loss.low)}" height="${round(p.h - 2)}" fill="${palette.loss}" fill-opacity="0.55"/><rect x="${round(5 + (box - 6) * loss.low)}" y="1" width="${round((box - 6) * Math.max(0, loss.high - loss.low))}" height="${round(p.h - 2)}" fill="url(#hatch)"/>` : "",
    `<rect width="5" height="${round(p.h)}" rx="2" fill="${palette.of[s.colours.of(p.node)]}"/>`,
    text(cut(titleOf(p.node), room, `12px ${palette.font}`), 12, p.h / 2 + 4, focal ? `font-weight="650"` : ""),
    side ? text(side, box - 7, p.h / 2 + 4, `font-size="11" text-anchor="end" fill="${palette.quiet}"`) : "",
    `</g>`,
  ].join("");
}

function hatch(p: Palette): string {
  return `<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" stroke="${p.loss}" stroke-width="1.5"/></pattern></defs>`;
}

/** The legend in as many lines as it needs. */
function legendOf(s: Sheet, top: number, width: number): { svg: string; bottom: number } {
  const parts: string[] = [];
  let [x, y] = [margin, top];
  for (const entry of s.colours.entries) {
    const name = entryName(s.colours, entry);
    const wide = 28 + measured(name, `12px ${s.palette.font}`);
    if (x + wide > width - margin && x > margin) [x, y] = [margin, y + 20];
    parts.push(`<rect x="${x}" y="${y - 10}" width="12" height="12" rx="3" fill="${s.palette.of[entry.colour]}"/>` + text(name, x + 18, y, ""));
    x += wide + 14;
  }
  return { svg: parts.join("\n"), bottom: y };
}

const context = document.createElement("canvas").getContext("2d");

function measured(t: string, font: string): number {
  if (!context) return t.length * 7;
  context.font = font;
  return Math.ceil(context.measureText(t).width);
}

/** A text in lines that are not wider than a width; Chinese breaks anywhere. */
function wrapped(t: string, width: number, font: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of t.split(/(?<=\s)|(?<=[\u3000-\u9fff\uff00-\uffef])/u)) {
    if (line && measured(line + piece, font) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  }
  return [...lines, line];
}

function text(t: string, x: number, y: number, attributes: string): string {
  return t ? `<text x="${round(x)}" y="${round(y)}"${attributes && " " + attributes}>${escape(t)}</text>` : "";
}

function round(x: number): number {
  return Math.round(x * 100) / 100;
}

function escape(t: string): string {
  return t.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
