// The boxes that are in view, as elements: they have focus, names and the page's style.
import { Component } from "preact";
import { cut, sideOf, titleOf } from "./labels";
import { box } from "./layout";
import type { Bounds, Placed } from "./model";

export interface BoxProps {
  readonly placed: Placed;
  readonly colour: number;
  readonly font: string;
  readonly label: string;
  readonly pale: boolean;
  readonly chosen: boolean;
  /** It is the one that Tab reaches; arrows lead to the others. */
  readonly entry: boolean;
  readonly loss: Bounds | undefined;
  readonly language: string;
}

/** A box: a button with the whole name, and the name above it as far as there is room. Its handlers are those of the picture, which finds it by data-id. */
export class Box extends Component<BoxProps> {
  override shouldComponentUpdate(next: BoxProps): boolean {
    return (Object.keys(next) as (keyof BoxProps)[]).some((k) => next[k] !== this.props[k]);
  }

  render({ placed, colour, font, label, pale, chosen, entry, loss }: BoxProps) {
    const { node, h } = placed;
    const side = sideOf(node);
    const room = box - 20 - (side ? side.length * 7 + 4 : 0);
    const classes = ["flow-node", `hue-${colour}`, node.kind, node.tier === 0 && "focal", node.passed && "passed", pale && "pale", chosen && "chosen"].filter(Boolean).join(" ");
    return (
      <g class={classes} transform={`translate(${placed.x},${placed.y})`} data-id={node.id}>
        <g role="button" tabindex={entry ? 0 : -1} aria-label={label} aria-pressed={chosen} data-id={node.id}>
          {node.kind === "group" && <rect class="behind" x="3" y="3" width={box} height={h} rx="3" />}
          <rect class="frame" width={box} height={h} rx="3" />
          {loss && <LossBar loss={loss} h={h} />}
          <rect class="strip" width="5" height={h} rx="2" />
        </g>
        <text class="name" aria-hidden="true" x="12" y={h / 2 + 4}>{cut(titleOf(node), room, node.tier === 0 ? "bold " + font : font)}</text>
        {side && <text class="side" aria-hidden="true" x={box - 7} y={h / 2 + 4}>{side}</text>}
      </g>
    );
  }
}

/** What is lost: solid up to its least, hatched up to its most. */
function LossBar({ loss, h }: { loss: Bounds; h: number }) {
  const wide = box - 6;
  return (
    <>
      <rect class="loss-low" x="5" y="1" width={wide * loss.low} height={h - 2} />
      <rect class="loss-open" x={5 + wide * loss.low} y="1" width={wide * Math.max(0, loss.high - loss.low)} height={h - 2} />
    </>
  );
}
