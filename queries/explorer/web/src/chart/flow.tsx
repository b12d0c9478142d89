// The picture of a chain: columns of boxes with ribbons between them. It knows nothing of the API; the view says what a
// click does, and may show losses or light up a part.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { language, scheme, words } from "../app/settings";
import { Box } from "./boxes";
import { palette as readPalette, type Colouring, type Palette } from "./colours";
import { flowOf, flowThrough, nodeAt, pick } from "./curve";
import { titleOf } from "./labels";
import { box, layout as lay } from "./layout";
import type { Bounds, ChartLink, ChartNode, Layout, Lit, Placed, Ribbon } from "./model";
import { litBy, neighbour, placeHeadings } from "./look";
import { heavy, inView, paint, readable, shift, type View } from "./paint";
import { mover, type Mover } from "./zoom";
import "./chart.css";

const w = words({
  en: { in: "Zoom in", out: "Zoom out", fit: "Show all", loss: (t: string) => `loses ${t}` },
  zh: { in: "放大", out: "缩小", fit: "显示全部", loss: (t: string) => `损失 ${t}` },
});

export interface FlowProps<N extends ChartNode, L extends ChartLink> {
  readonly nodes: readonly N[];
  readonly links: readonly L[];
  readonly colours: Colouring;
  /** What the picture shows, for a screen reader. */
  readonly label: string;
  readonly heading: (tier: number) => { title: string; detail: string };
  /** More than its name about a node, for a screen reader. */
  readonly about?: (n: N) => string;
  readonly selected?: string;
  readonly onSelect: (n: N | null) => void;
  /** Double click or Enter on a company. */
  readonly onOpen?: (n: N) => void;
  /** A click on a group. */
  readonly onGroup?: (n: N) => void;
  readonly onLink?: (l: L) => void;
  readonly tip?: (l: L) => ComponentChildren;
  /** What each node loses, by id. */
  readonly losses?: ReadonlyMap<string, Bounds>;
  /** Where given, all other nodes and links are pale. */
  readonly highlight?: { node: (n: N) => boolean; link?: (l: L) => boolean } | null;
  /** The layout, once it stands, for the export. */
  readonly onLayout?: (l: Layout<N, L>) => void;
}

/** Everything that the picture remembers between frames. */
interface Stage {
  mover?: Mover;
  palette?: Palette;
  /** Where the picture was when the lower canvas was painted. */
  painted?: View;
  asked: number;
  stale: boolean;
  moving: number;
}

export function Flow<N extends ChartNode, L extends ChartLink>(props: FlowProps<N, L>) {
  const host = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const world = useRef<SVGGElement>(null);
  const heads = useRef<SVGGElement>(null);
  const canvases = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)] as const;
  const stage = useRef<Stage>({ asked: 0, stale: false, moving: 0 }).current;
  const [wide, setWide] = useState(0);
  const [shown, setShown] = useState<readonly Placed<N, L>[]>([]);
  const [hovered, setHovered] = useState<Placed<N, L> | Ribbon<N, L> | null>(null);
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const [active, setActive] = useState("");
  const { nodes, links, highlight, selected } = props;

  const layout = useMemo(() => (wide ? lay(nodes, links, wide - 48) : null), [nodes, links, wide]);
  const lit = useMemo<Lit<N, L> | null>(() => {
    if (!layout) return null;
    if (hovered && "link" in hovered) return flowThrough(hovered);
    if (hovered && layout.byId.get(hovered.node.id) === hovered) return flowOf(layout, hovered);
    if (highlight) return litBy(layout, highlight);
    const chosen = selected === undefined ? undefined : layout.byId.get(selected);
    return chosen ? flowOf(layout, chosen) : null;
  }, [layout, hovered, highlight, selected]);

  // The frame reads what is newest.
  const now = useRef({ props, layout, lit, active });
  now.current = { props, layout, lit, active };

  const draw = (both: boolean) => {
    stage.stale ||= both;
    stage.asked ||= requestAnimationFrame(() => {
      stage.asked = 0;
      const { layout, lit, props, active } = now.current;
      const [lower, upper] = [canvases[0].current, canvases[1].current];
      if (!layout || !lower || !upper || !host.current || !stage.mover) return;
      const view = stage.mover.view();
      stage.palette ??= readPalette(host.current);
      const shifted = stage.moving !== 0 && stage.painted && layout.ribbons.length > heavy.moving;
      if (shifted && stage.painted) for (const canvas of [lower, upper]) shift(canvas, stage.painted, view);
      else paint(lower, upper, { layout, lit, view, colour: props.colours.of, palette: stage.palette, moving: stage.moving !== 0, losses: props.losses }, stage.stale);
      if (!shifted) {
        stage.painted = stage.stale ? view : stage.painted;
        stage.stale = false;
      }
      world.current?.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.k})`);
      if (heads.current) placeHeadings(heads.current, layout, view);
      const kept = (p: Placed) => p.node.id === active || p.node.tier === 0; // these must not lose focus
      const next = view.k < readable ? layout.nodes.filter(kept) : layout.nodes.filter((p) => kept(p) || inView(view, lower.clientHeight, p.y, p.y + p.h));
      setShown((was) => (was.length === next.length && was.every((p, i) => p === next[i]) ? was : next));
    });
  };

  useEffect(() => {
    if (!host.current || !svg.current) return;
    stage.mover = mover(svg.current, () => {
      clearTimeout(stage.moving);
      stage.moving = window.setTimeout(() => {
        stage.moving = 0;
        draw(true);
      }, 200);
      draw(true);
    });
    // The columns keep their places when a card opens beside them, and move when the window changes.
    const measure = () => setWide(host.current?.clientWidth ?? 0);
    measure();
    addEventListener("resize", measure);
    const sized = new ResizeObserver(() => {
      const { layout, props } = now.current;
      const chosen = props.selected === undefined ? undefined : layout?.byId.get(props.selected);
      if (chosen) stage.mover?.reveal(chosen.x, chosen.y, box, chosen.h);
      draw(true);
    });
    sized.observe(host.current);
    return () => {
      cancelAnimationFrame(stage.asked);
      clearTimeout(stage.moving);
      stage.mover?.stop();
      sized.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);

  // A picture of other columns begins afresh; one that a filter changed stays where it was.
  const columns = layout?.columns.map((c) => `${c.tier}@${Math.round(c.x)}`).join() + (nodes.find((n) => n.tier === 0)?.id ?? "");
  useLayoutEffect(() => {
    if (!layout || !stage.mover) return;
    stage.mover.bound(layout);
    stage.mover.fit(layout, false);
  }, [columns]);
  useLayoutEffect(() => {
    if (!layout || !stage.mover) return;
    stage.mover.bound(layout);
    stage.painted = undefined;
    setHovered(null);
    props.onLayout?.(layout);
    draw(true);
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("picture")));
  }, [layout]);
  const shownScheme = scheme.value;
  useEffect(() => {
    stage.palette = undefined;
    draw(true);
  }, [shownScheme, props.colours, props.losses]);
  useLayoutEffect(() => draw(false), [lit]);

  const focal = layout?.nodes.find((p) => p.node.tier === 0) ?? layout?.nodes[0];
  const entry = (layout?.byId.get(active) ?? (selected === undefined ? undefined : layout?.byId.get(selected)) ?? focal)?.node.id;
  const placedAt = (e: Event) => layout?.byId.get((e.target as Element).closest<SVGGElement>(".flow-node")?.dataset.id ?? "");
  const under = (e: MouseEvent): Placed<N, L> | Ribbon<N, L> | null => {
    const box = placedAt(e);
    if (box || !layout || !stage.mover || !svg.current) return box ?? null;
    const { left, top } = svg.current.getBoundingClientRect();
    const view = stage.mover.view();
    const [x, y] = [(e.clientX - left - view.x) / view.k, (e.clientY - top - view.y) / view.k];
    return nodeAt(layout, x, y) ?? pick(layout, x, y, 4 / view.k) ?? null;
  };
  const onMove = (e: PointerEvent) => {
    if (e.buttons) return;
    const found = under(e);
    const { left, top } = host.current!.getBoundingClientRect();
    if (found && "link" in found) setAt([e.clientX - left, e.clientY - top]);
    if (found !== hovered) setHovered(found);
  };
  const choose = (p: Placed<N, L>) => {
    setActive(p.node.id);
    if (p.node.kind === "group" && props.onGroup) props.onGroup(p.node);
    else props.onSelect(p.node.id === selected ? null : p.node);
  };
  const onClick = (e: MouseEvent) => {
    if (e.detail > 1) return;
    const found = under(e);
    if (!found) props.onSelect(null);
    else if ("link" in found) props.onLink?.(found.link);
    else choose(found);
  };
  const onDouble = (e: MouseEvent) => {
    const p = placedAt(e);
    if (p?.node.kind === "company") props.onOpen?.(p.node);
  };
  const focusOn = (p: Placed<N, L> | undefined) => {
    if (!p || !stage.mover) return;
    setActive(p.node.id);
    setShown((was) => (was.includes(p) ? was : [...was, p]));
    stage.mover.reveal(p.x, p.y, box, p.h);
    setHovered(p);
    requestAnimationFrame(() => svg.current?.querySelector<SVGGElement>(`[role="button"][data-id="${CSS.escape(p.node.id)}"]`)?.focus({ preventScroll: true }));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const zoom = { "+": 1.3, "=": 1.3, "-": 1 / 1.3 }[e.key];
    const p = placedAt(e);
    if (zoom) stage.mover?.by(zoom);
    else if (e.key === "0" && layout) stage.mover?.fit(layout, true);
    else if (e.key === "Escape") props.onSelect(null);
    else if (p && layout && e.key.startsWith("Arrow")) focusOn(neighbour(layout, p, e.key));
    else if (p && e.key === " ") choose(p);
    else if (p && e.key === "Enter") {
      if (p.node.kind === "company" && props.onOpen) props.onOpen(p.node);
      else choose(p);
    } else return;
    e.preventDefault();
  };
  const font = `12px ${stage.palette?.font ?? "sans-serif"}`;
  const pale = (p: Placed<N, L>) => lit !== null && !lit.nodes.has(p);
  return (
    <div class="flow" ref={host} data-boxes={layout?.nodes.length}>
      <canvas ref={canvases[0]} aria-hidden="true" />
      <canvas ref={canvases[1]} aria-hidden="true" />
      <svg ref={svg} role="group" aria-label={props.label} class={hovered && "link" in hovered ? "on-link" : undefined} onPointerMove={onMove} onPointerLeave={() => setHovered(null)} onClick={onClick} onDblClick={onDouble} onKeyDown={onKeyDown}>
        <defs><pattern id="loss-open" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" /></pattern></defs>
        <g ref={world}>
          {shown.map((p) => (
            <Box key={p.node.id} placed={p} colour={props.colours.of(p.node)} font={font} label={[titleOf(p.node), props.about?.(p.node)].filter(Boolean).join(", ")} pale={pale(p)}
              chosen={p.node.id === selected} entry={p.node.id === entry} loss={props.losses?.get(p.node.id)} language={language.value} />
          ))}
        </g>
        <g class="flow-heads" aria-hidden="true">
          <rect x="0" y="0" width="100%" height="42" />
          <line x1="0" x2="100%" y1="42.5" y2="42.5" />
          <g ref={heads}>
            {layout?.columns.map((c) => {
              const { title, detail } = props.heading(c.tier);
              return <g key={c.tier}><text class="title" y="18">{title}</text><text class="detail" y="34">{detail}</text></g>;
            })}
          </g>
        </g>
      </svg>
      {hovered && "link" in hovered && props.tip && <div class="flow-tip" style={{ left: `${Math.max(4, Math.min(at[0] + 14, wide - 330))}px`, top: `${at[1] + 16}px` }}>{props.tip(hovered.link)}</div>}
      <div class="flow-zoom">
        <button type="button" aria-label={w().in} title={w().in} onClick={() => stage.mover?.by(1.3)}>+</button>
        <button type="button" aria-label={w().out} title={w().out} onClick={() => stage.mover?.by(1 / 1.3)}>−</button>
        <button type="button" aria-label={w().fit} title={w().fit} onClick={() => layout && stage.mover?.fit(layout, true)}><svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.6" /></svg></button>
      </div>
    </div>
  );
}
