// The order of the nodes within their columns, such that ribbons cross little.

/** An edge between two columns, by index of column and of node. */
export interface Edge {
  readonly a: number;
  readonly i: number;
  readonly b: number;
  readonly j: number;
}

/**
 * For each column the indexes of its nodes in order. Each pass puts every node where the middle of its neighbours is,
 * once from the left and once from the right; the pass with the least crossings counts, the first of several, so that
 * the order given stays where nothing is won.
 */
export function order(sizes: readonly number[], edges: readonly Edge[], passes = 6): number[][] {
  let now = sizes.map((n) => Array.from({ length: n }, (_, i) => i));
  let best = now;
  let least = crossings(now, edges);
  const left = neighbours(sizes, edges, true);
  const right = neighbours(sizes, edges, false);
  for (let pass = 0; pass < passes && least > 0; pass++) {
    now = pass % 2 === 0 ? sweep(now, right, true) : sweep(now, left, false);
    const n = crossings(now, edges);
    if (n < least) [best, least] = [now, n];
  }
  return best;
}

type Neighbours = [column: number, node: number][][][];

function neighbours(sizes: readonly number[], edges: readonly Edge[], left: boolean): Neighbours {
  const out: Neighbours = sizes.map((n) => Array.from({ length: n }, () => []));
  for (const e of edges) {
    if (left) out[e.b]![e.j]!.push([e.a, e.i]);
    else out[e.a]![e.i]!.push([e.b, e.j]);
  }
  return out;
}

function sweep(now: number[][], of: Neighbours, fromRight: boolean): number[][] {
  const next = now.slice();
  const place = now.map(places);
  const columns = now.map((_, c) => c);
  if (fromRight) columns.reverse();
  for (const c of columns) {
    const middle = now[c]!.map((node, at) => {
      const list = of[c]![node]!;
      if (list.length === 0) return at / now[c]!.length;
      let sum = 0;
      for (const [column, other] of list) sum += (place[column]![other]! + 0.5) / now[column]!.length;
      return sum / list.length;
    });
    next[c] = now[c]!.map((node, at) => ({ node, m: middle[at]! })).sort((p, q) => p.m - q.m).map((p) => p.node);
    place[c] = places(next[c]!);
  }
  return next;
}

function places(nodes: readonly number[]): number[] {
  const out: number[] = [];
  nodes.forEach((node, at) => { out[node] = at; });
  return out;
}

/** How often edges between the same two columns cross: inversions, counted in a Fenwick tree. */
export function crossings(now: readonly (readonly number[])[], edges: readonly Edge[]): number {
  const place = now.map(places);
  const gaps = new Map<number, [number, number][]>();
  for (const e of edges) {
    const key = e.a * now.length + e.b;
    let list = gaps.get(key);
    if (!list) gaps.set(key, (list = []));
    list.push([place[e.a]![e.i]!, place[e.b]![e.j]!]);
  }
  let total = 0;
  for (const [key, list] of gaps) {
    list.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    const tree = new Int32Array(now[key % now.length]!.length + 2);
    list.forEach(([, to], seen) => {
      let below = 0;
      for (let i = to + 1; i > 0; i -= i & -i) below += tree[i]!;
      total += seen - below;
      for (let i = to + 1; i < tree.length; i += i & -i) tree[i]!++;
    });
  }
  return total;
}
