// What is lit, where arrows lead, and where headings stand.
import { wideOf } from "./labels";
import { box } from "./layout";
import type { ChartLink, ChartNode, Layout, Lit, Placed } from "./model";
import type { View } from "./paint";

/** Puts headings above their columns; a line that would run into the next is left out. */
export function placeHeadings(heads: SVGGElement, of: Layout, view: View): void {
  const room = of.columns.length > 1 ? view.k * (of.columns[1]!.x - of.columns[0]!.x) - 8 : Infinity;
  of.columns.forEach((c, i) => {
    const g = heads.children[i];
    g?.setAttribute("transform", `translate(${view.k * (c.x + box / 2) + view.x},0)`);
    let tooWide = false; // without its title a detail says nothing
    for (const text of g?.children ?? []) text.toggleAttribute("hidden", (tooWide ||= wideOf(text.textContent ?? "") > room));
  });
}

export function litBy<N extends ChartNode, L extends ChartLink>(of: Layout<N, L>, by: { node: (n: N) => boolean; link?: (l: L) => boolean }): Lit<N, L> {
  const nodes = new Set(of.nodes.filter((p) => by.node(p.node)));
  const link = by.link;
  return { nodes, ribbons: new Set(of.ribbons.filter((r) => (link ? link(r.link) : nodes.has(r.from) && nodes.has(r.to)))) };
}

/** The box that an arrow leads to: the next in the column, or the linked one nearest in height in the next column. */
export function neighbour<N extends ChartNode, L extends ChartLink>(of: Layout<N, L>, p: Placed<N, L>, key: string): Placed<N, L> | undefined {
  const column = of.columns[p.column]?.nodes ?? [];
  if (key === "ArrowUp" || key === "ArrowDown") return column[column.indexOf(p) + (key === "ArrowUp" ? -1 : 1)];
  const linked = key === "ArrowLeft" ? p.in.map((r) => r.from) : p.out.map((r) => r.to);
  const next = linked.length > 0 ? linked : (of.columns[p.column + (key === "ArrowLeft" ? -1 : 1)]?.nodes ?? []);
  return [...next].sort((a, b) => Math.abs(a.y - p.y) - Math.abs(b.y - p.y))[0];
}
