// The shape of ribbons, and what lies under the pointer.
import { box } from "./layout";
import type { ChartLink, ChartNode, Layout, Lit, Placed, Ribbon } from "./model";

/** The middle line of a ribbon, as SVG writes it; Path2D reads the same. */
export function curve(r: Ribbon): string {
  if (r.x0 < r.x1) {
    const m = (r.x0 + r.x1) / 2;
    return `M${r.x0} ${r.y0}C${m} ${r.y0} ${m} ${r.y1} ${r.x1} ${r.y1}`;
  }
  const out = 44;
  const back = r.x0 === r.x1 ? out : -out; // within a column it comes back on the side where it left
  return `M${r.x0} ${r.y0}C${r.x0 + out} ${r.y0} ${r.x1 + back} ${r.y1} ${r.x1} ${r.y1}`;
}

/** How high a ribbon is at x: the curve's x grows with its parameter, which Newton's method finds. */
export function heightAt(r: Ribbon, x: number): number {
  const u = (x - r.x0) / (r.x1 - r.x0);
  let s = u;
  for (let i = 0; i < 4; i++) s -= (1.5 * s * (1 - s) + s ** 3 - u) / (1.5 - 3 * s + 3 * s * s);
  return r.y0 + (r.y1 - r.y0) * s * s * (3 - 2 * s);
}

/** The ribbon at a place: the nearest that is not farther off than the slack. */
export function pick<N extends ChartNode, L extends ChartLink>(of: Layout<N, L>, x: number, y: number, slack: number): Ribbon<N, L> | undefined {
  let found: Ribbon<N, L> | undefined;
  let nearest = slack;
  for (const r of of.ribbons) {
    if (x < r.x0 || x > r.x1) continue;
    const far = Math.abs(heightAt(r, x) - y) - r.w / 2;
    if (far < nearest) [found, nearest] = [r, far];
  }
  return found;
}

/** The node at a place. */
export function nodeAt<N extends ChartNode, L extends ChartLink>(of: Layout<N, L>, x: number, y: number): Placed<N, L> | undefined {
  const column = of.columns.find((c) => x >= c.x && x <= c.x + box);
  return column?.nodes.find((p) => y >= p.y && y <= p.y + p.h);
}

/** All that flows through a node: what its suppliers get from theirs, and what its customers sell on. */
export function flowOf<N extends ChartNode, L extends ChartLink>(of: Layout<N, L>, node: Placed<N, L>): Lit<N, L> {
  const nodes = new Set([node]);
  const ribbons = new Set<Ribbon<N, L>>();
  follow(node, "in", nodes, ribbons);
  follow(node, "out", nodes, ribbons);
  for (const r of of.across) {
    if (r.from !== node && r.to !== node) continue;
    ribbons.add(r);
    nodes.add(r.from).add(r.to);
  }
  return { nodes, ribbons };
}

/** All that flows through a link. */
export function flowThrough<N extends ChartNode, L extends ChartLink>(r: Ribbon<N, L>): Lit<N, L> {
  const nodes = new Set([r.from, r.to]);
  const ribbons = new Set([r]);
  follow(r.from, "in", nodes, ribbons);
  follow(r.to, "out", nodes, ribbons);
  return { nodes, ribbons };
}

function follow<N extends ChartNode, L extends ChartLink>(start: Placed<N, L>, side: "in" | "out", nodes: Set<Placed<N, L>>, ribbons: Set<Ribbon<N, L>>): void {
  const todo = [start];
  const seen = new Set(todo);
  for (let p = todo.pop(); p; p = todo.pop()) {
    for (const r of p[side]) {
      ribbons.add(r);
      const next = side === "in" ? r.from : r.to;
      nodes.add(next);
      if (!seen.has(next)) {
        seen.add(next);
        todo.push(next);
      }
    }
  }
}
