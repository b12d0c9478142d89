// Where everything stands.
import type { ChartLink, ChartNode, Layout, Placed, Ribbon } from "./model";
import { order } from "./order";

export const box = 176;
const least = { height: 24, ribbon: 1.8 };
const most = { height: 260, ribbon: 16 };
const between = 5;

/** The width of a ribbon: by what its share is at least, so that nothing unknown looks large. */
export function widthOf(link: ChartLink): number {
  return least.ribbon + (most.ribbon - least.ribbon) * (link.share?.low ?? 0);
}

export function isVague(link: ChartLink): boolean {
  return !link.share || link.share.high - link.share.low > 0.0005;
}

type Open<N extends ChartNode, L extends ChartLink> = { -readonly [K in keyof Placed<N, L>]: Placed<N, L>[K] };

/** Lays out a picture for a view of some width: columns stand farther apart where there is room. */
export function layout<N extends ChartNode, L extends ChartLink>(nodes: readonly N[], links: readonly L[], wide: number): Layout<N, L> {
  const tiers = [...new Set(nodes.map((n) => n.tier))].sort((a, b) => a - b);
  const crowded = nodes.length > 150 * tiers.length; // ribbons are steep there: they need room to be told apart
  const gap = Math.min(280, Math.max(crowded ? 240 : 96, (wide - tiers.length * box) / Math.max(1, tiers.length - 1)));
  const focal = Math.max(0, tiers.indexOf(0));
  const byId = new Map<string, Open<N, L>>();
  const columns = tiers.map((tier, column) => {
    const x = (column - focal) * (box + gap) - box / 2;
    const own = nodes.filter((n) => n.tier === tier).map((node): Open<N, L> => ({ node, column, x, y: 0, h: 0, in: [], out: [] }));
    for (const p of own) byId.set(p.node.id, p);
    return { tier, x, nodes: own };
  });
  const ribbons: Ribbon<N, L>[] = [];
  const across: Ribbon<N, L>[] = [];
  for (const link of links) {
    const from = byId.get(link.from);
    const to = byId.get(link.to);
    if (!from || !to || from === to) continue;
    const r: Ribbon<N, L> = { link, from, to, w: widthOf(link), vague: isVague(link), x0: from.x + box, y0: 0, x1: to.x, y1: 0 };
    if (from.column >= to.column) {
      across.push(r);
      continue;
    }
    ribbons.push(r);
    from.out.push(r);
    to.in.push(r);
  }
  arrange(columns, ribbons);
  const [top, bottom] = stack(columns);
  columns.forEach((c) => c.nodes.forEach(ports));
  for (const r of across) {
    r.y0 = r.from.y + r.from.h / 2;
    r.y1 = r.to.y + r.to.h / 2;
    if (r.from.column === r.to.column) r.x1 = r.x0;
  }
  const first = columns[0]?.x ?? 0;
  const last = (columns.at(-1)?.x ?? 0) + box;
  return { columns, nodes: columns.flatMap((c) => c.nodes), byId, ribbons, across, left: first, right: last, top, bottom };
}

/** Puts the nodes of the columns in the order in which ribbons cross least. */
function arrange<N extends ChartNode, L extends ChartLink>(columns: { nodes: Open<N, L>[] }[], ribbons: readonly Ribbon<N, L>[]): void {
  const index = new Map<Placed<N, L>, number>();
  for (const c of columns) c.nodes.forEach((p, i) => index.set(p, i));
  const edges = ribbons.map((r) => ({ a: r.from.column, i: index.get(r.from)!, b: r.to.column, j: index.get(r.to)! }));
  order(columns.map((c) => c.nodes.length), edges).forEach((nodes, c) => {
    const was = columns[c]!.nodes;
    columns[c]!.nodes = nodes.map((i) => was[i]!);
  });
}

/** Stacks the columns, each around the same middle. */
function stack<N extends ChartNode, L extends ChartLink>(columns: { nodes: Open<N, L>[] }[]): [top: number, bottom: number] {
  let half = 0;
  for (const c of columns) {
    let height = -between;
    for (const p of c.nodes) {
      p.h = Math.min(most.height, Math.max(least.height, sum(p.in), sum(p.out)));
      height += p.h + between;
    }
    let y = -height / 2;
    for (const p of c.nodes) {
      p.y = y;
      y += p.h + between;
    }
    half = Math.max(half, height / 2);
  }
  return [-half, half];
}

function sum(ribbons: readonly { w: number }[]): number {
  return ribbons.reduce((s, r) => s + r.w, 0);
}

/** Where ribbons meet a node: one below the other, in the order of their other ends; nearer, where they are too many. */
function ports<N extends ChartNode, L extends ChartLink>(p: Placed<N, L>): void {
  p.out.sort((a, b) => a.to.y - b.to.y);
  p.in.sort((a, b) => a.from.y - b.from.y);
  beside(p, p.out, (r, y) => { r.y0 = y; });
  beside(p, p.in, (r, y) => { r.y1 = y; });
}

function beside<N extends ChartNode, L extends ChartLink>(p: Placed<N, L>, ribbons: readonly Ribbon<N, L>[], put: (r: Ribbon<N, L>, y: number) => void): void {
  const total = sum(ribbons);
  const dense = Math.min(1, p.h / total);
  let y = p.y + (p.h - total * dense) / 2;
  for (const r of ribbons) {
    put(r, y + (r.w * dense) / 2);
    y += r.w * dense;
  }
}
