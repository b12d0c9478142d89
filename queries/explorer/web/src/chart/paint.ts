// The ribbons, on two canvases: the lower has all of them and pales by CSS while the upper shows what is looked at.
// That, and no dashes while the picture moves, is what makes 5,000 ribbons smooth: see docs/decisions.
import type { Palette } from "./colours";
import { curve } from "./curve";
import { box } from "./layout";
import type { Bounds, ChartNode, Layout, Lit, Placed, Ribbon } from "./model";

/** Where the picture is: a point p of it is seen at k·p + (x, y). */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** Below this scale names cannot be read: boxes are painted, and no elements. */
export const readable = 0.4;

export interface Scene {
  readonly layout: Layout;
  readonly colour: (n: ChartNode) => number;
  readonly palette: Palette;
  readonly view: View;
  readonly lit: Lit | null;
  readonly moving: boolean;
  readonly losses?: ReadonlyMap<string, Bounds>;
}

const paths = new WeakMap<Ribbon, Path2D>();

function pathOf(r: Ribbon): Path2D {
  let path = paths.get(r);
  if (!path) paths.set(r, (path = new Path2D(curve(r))));
  return path;
}

/** With more ribbons than these the lower canvas has no dashes, and is shifted while it moves and painted when it rests. */
export const heavy = { dashes: 2500, moving: 1500 };

/** Shifts what was painted for another view to where it belongs now. */
export function shift(canvas: HTMLCanvasElement, painted: View, now: View): void {
  const k = now.k / painted.k;
  canvas.style.transform = `translate(${now.x - k * painted.x}px,${now.y - k * painted.y}px) scale(${k})`;
}

export function inView(view: View, high: number, a: number, b: number): boolean {
  return Math.max(a, b) * view.k + view.y > 0 && Math.min(a, b) * view.k + view.y < high;
}

/** Paints the lower canvas, the upper or both, and gives them the size that they are shown at. */
export function paint(lower: HTMLCanvasElement, upper: HTMLCanvasElement, scene: Scene, both: boolean): void {
  lower.classList.toggle("under", scene.lit !== null);
  if (both) paintOne(lower, scene, scene.layout.ribbons, scene.layout.nodes, scene.layout.ribbons.length > 800 ? 0.28 : 0.42);
  paintOne(upper, scene, scene.lit?.ribbons ?? [], scene.lit?.nodes ?? [], 0.8);
}

function paintOne(canvas: HTMLCanvasElement, scene: Scene, ribbons: Iterable<Ribbon>, nodes: Iterable<Placed>, alpha: number): void {
  const { clientWidth: wide, clientHeight: high } = canvas;
  const density = devicePixelRatio;
  if (canvas.width !== Math.round(wide * density) || canvas.height !== Math.round(high * density)) {
    canvas.width = Math.round(wide * density);
    canvas.height = Math.round(high * density);
  }
  const c = canvas.getContext("2d");
  if (!c) return;
  const { view, palette } = scene;
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.clearRect(0, 0, canvas.width, canvas.height);
  c.setTransform(density * view.k, 0, 0, density * view.k, density * view.x, density * view.y);
  c.globalAlpha = alpha;
  canvas.style.transform = "";
  const dashes = !scene.moving && view.k >= readable && (scene.lit?.ribbons === ribbons || scene.layout.ribbons.length <= heavy.dashes);
  for (const r of ribbons) {
    if (!inView(view, high, r.y0 - 2 * box, r.y1 + 2 * box) && !inView(view, high, r.y0, r.y1)) continue;
    c.strokeStyle = palette.of[scene.colour(r.from.node)] ?? palette.quiet;
    c.lineWidth = Math.max(r.w, 0.7 / view.k);
    c.setLineDash(r.vague && dashes ? [6, 3] : []);
    c.stroke(pathOf(r));
  }
  if (view.k >= readable) return;
  c.globalAlpha = 1;
  c.setLineDash([]);
  for (const p of nodes) {
    if (!inView(view, high, p.y, p.y + p.h)) continue;
    c.fillStyle = palette.of[scene.colour(p.node)] ?? palette.quiet;
    c.fillRect(p.x, p.y, box, p.h);
    const loss = scene.losses?.get(p.node.id);
    c.fillStyle = palette.surface;
    c.fillRect(p.x + 12, p.y + 1, box - 13, p.h - 2);
    if (!loss) continue;
    c.fillStyle = palette.loss;
    c.fillRect(p.x + 12, p.y + 1, (box - 13) * loss.low, p.h - 2);
    c.globalAlpha = 0.4;
    c.fillRect(p.x + 12, p.y + 1, (box - 13) * loss.high, p.h - 2);
    c.globalAlpha = 1;
  }
}
