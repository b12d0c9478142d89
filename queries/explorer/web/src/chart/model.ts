// What a picture of flows is made of. The answer of the chain fits as it is; other views make their own.
import type { Interval } from "../api/schema";

export type Bounds = Pick<Interval, "low" | "high">;

export interface ChartNode {
  readonly id: string;
  readonly name: string;
  readonly name_zh?: string;
  readonly kind: "company" | "group";
  /** Columns stand in the order of their tiers; 0 is the company that the picture is about. */
  readonly tier: number;
  readonly country?: string;
  readonly sector?: string;
  /** Of a group: how many companies it has, and what they have in common; without, that is unknown. */
  readonly companies?: number;
  readonly key?: string;
  /** Kept only because others are reached through it. */
  readonly passed?: boolean;
}

export interface ChartLink {
  readonly from: string;
  readonly to: string;
  readonly share?: Bounds | null;
  /** It stays within a tier or goes against the flow: shown where one of its ends is looked at. */
  readonly within?: boolean;
}

/** A node with its place; the company in the middle has its centre at 0, 0. */
export interface Placed<N extends ChartNode = ChartNode, L extends ChartLink = ChartLink> {
  readonly node: N;
  readonly column: number;
  readonly x: number;
  y: number;
  readonly h: number;
  readonly in: Ribbon<N, L>[];
  readonly out: Ribbon<N, L>[];
}

/** A link with its place: x0, y0 is its middle where it leaves, w its width. */
export interface Ribbon<N extends ChartNode = ChartNode, L extends ChartLink = ChartLink> {
  readonly link: L;
  readonly from: Placed<N, L>;
  readonly to: Placed<N, L>;
  readonly w: number;
  /** The share is an interval, or unknown. */
  readonly vague: boolean;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Layout<N extends ChartNode = ChartNode, L extends ChartLink = ChartLink> {
  readonly columns: readonly { readonly tier: number; readonly x: number; readonly nodes: readonly Placed<N, L>[] }[];
  readonly nodes: readonly Placed<N, L>[];
  readonly byId: ReadonlyMap<string, Placed<N, L>>;
  readonly ribbons: readonly Ribbon<N, L>[];
  /** Links within a tier or against the flow. */
  readonly across: readonly Ribbon<N, L>[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What is looked at: it is drawn in full, and all else pale. */
export interface Lit<N extends ChartNode = ChartNode, L extends ChartLink = ChartLink> {
  readonly nodes: ReadonlySet<Placed<N, L>>;
  readonly ribbons: ReadonlySet<Ribbon<N, L>>;
}
