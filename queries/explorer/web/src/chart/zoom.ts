// Moving about in a picture: dragging and pinching by d3-zoom; a wheel moves it, and zooms with Ctrl.
import { select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomTransform } from "d3-zoom";
import type { Layout } from "./model";
import type { View } from "./paint";

const margin = { x: 24, top: 52, bottom: 24 };

export interface Mover {
  view(): View;
  /** Shows the whole, or as much as can be read around the middle. */
  fit(of: Layout, whole: boolean): void;
  /** Keeps to the bounds of a picture. */
  bound(of: Layout): void;
  by(factor: number): void;
  /** Moves so that a rectangle of the picture is in view. */
  reveal(x: number, y: number, wide: number, high: number): void;
  stop(): void;
}

export function mover(element: SVGSVGElement, moved: (view: View) => void): Mover {
  let t: ZoomTransform = zoomIdentity;
  const z = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.03, 3])
    .clickDistance(4)
    .filter((e: Event) => (e.type === "wheel" ? (e as WheelEvent).ctrlKey || (e as WheelEvent).metaKey : !(e as MouseEvent).button))
    .on("zoom", (e: { transform: ZoomTransform }) => {
      t = e.transform;
      moved(t);
    });
  const on = select(element);
  on.call(z).on("dblclick.zoom", null);
  const wheel = (e: WheelEvent) => {
    if (e.ctrlKey || e.metaKey) return;
    const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    const before = t;
    const [dx, dy] = e.shiftKey && e.deltaX === 0 ? [e.deltaY, 0] : [e.deltaX, e.deltaY];
    on.call(z.translateBy, (-dx * unit) / t.k, (-dy * unit) / t.k);
    if (Math.abs(t.x - before.x) + Math.abs(t.y - before.y) > 0.5) e.preventDefault(); // else the page scrolls on
  };
  element.addEventListener("wheel", wheel, { passive: false });
  const size = () => ({ wide: element.clientWidth, high: element.clientHeight });
  return {
    view: () => t,
    fit(of, whole) {
      const { wide, high } = size();
      const across = (wide - 2 * margin.x) / (of.right - of.left);
      const down = (high - margin.top - margin.bottom) / (of.bottom - of.top);
      const k = whole ? Math.max(0.03, Math.min(1.4, across, Math.max(down, across / 4))) : Math.min(1.15, Math.max(0.72, Math.min(across, down)));
      const middle = (of.left + of.right) / 2;
      const x = across * 1.001 >= k ? wide / 2 - k * middle : wide / 2; // of what does not fit, the company is in the middle
      z.extent([[0, 0], [wide, high]]);
      on.call(z.transform, zoomIdentity.translate(x, (high + margin.top - margin.bottom) / 2).scale(k));
    },
    bound(of) {
      z.translateExtent([[of.left - 80, of.top - 90], [of.right + 80, of.bottom + 60]]);
    },
    by: (factor) => on.call(z.scaleBy, factor),
    reveal(x, y, w, h) {
      const { wide, high } = size();
      const off = (a: number, b: number, from: number, to: number) => (a < from ? from - a : b > to ? Math.max(to - b, from - a) : 0);
      const dx = off(t.k * x + t.x, t.k * (x + w) + t.x, margin.x, wide - margin.x);
      const dy = off(t.k * y + t.y, t.k * (y + h) + t.y, margin.top, high - margin.bottom);
      if (dx || dy) on.call(z.transform, zoomIdentity.translate(t.x + dx, t.y + dy).scale(t.k));
    },
    stop() {
      on.on(".zoom", null);
      element.removeEventListener("wheel", wheel);
    },
  };
}
