// What the address says about the picture, and the question that it comes to.
import { address, decode, type Params } from "../../app/address";

export type Fold = "country" | "sector" | "product";

/** The question to the API, and how the answer is shown. */
export interface ChainState {
  readonly suppliers: number;
  readonly customers: number;
  readonly product: string;
  readonly country: readonly string[];
  readonly fold: Fold;
  readonly open: readonly string[];
  readonly visible: number;
  readonly as_of: string;
  readonly min_confidence: number;
  readonly colour: "country" | "sector";
  /** The country or sector that is kept lit; "*" are the others, "?" is what nobody states. */
  readonly lit: string;
  readonly selected: string;
  /** The two ends of a link whose relations are listed. */
  readonly pair: readonly [string, string] | null;
  readonly list: boolean;
}

export const defaults = { suppliers: 2, customers: 1, visible: 20, fold: "country", colour: "country" } as const;
export const deepest = 10;

function whole(text: string | null, otherwise: number, most: number): number {
  const n = text === null || text === "" ? NaN : Number(text);
  return Number.isInteger(n) && n >= 0 ? Math.min(n, most) : otherwise;
}

export function readState(params: URLSearchParams = address.value.params): ChainState {
  const fold = params.get("fold");
  const pair = params.get("pair")?.split("~").map(decode);
  const show = params.get("show");
  const confidence = Number(params.get("min_confidence"));
  return {
    suppliers: whole(params.get("suppliers"), defaults.suppliers, deepest),
    customers: whole(params.get("customers"), defaults.customers, deepest),
    product: params.get("product") ?? "",
    country: params.getAll("country"),
    fold: fold === "sector" || fold === "product" ? fold : defaults.fold,
    open: params.getAll("open"),
    visible: Math.max(1, whole(params.get("visible"), defaults.visible, 2000)),
    as_of: params.get("as_of") ?? "",
    min_confidence: confidence > 0 && confidence <= 1 ? confidence : 0,
    colour: params.get("colour") === "sector" ? "sector" : "country",
    lit: params.get("lit") ?? "",
    selected: params.get("select") ?? "",
    pair: pair?.length === 2 ? [pair[0]!, pair[1]!] : null,
    list: show ? show === "list" : narrow(),
  };
}

/** On a phone, where lists are easier than pictures. */
export function narrow(): boolean {
  return matchMedia("(max-width: 600px)").matches;
}

/** The question, as the API takes it. */
export function questionOf(s: ChainState) {
  return {
    suppliers: s.suppliers, customers: s.customers, visible: s.visible, fold: s.fold,
    ...(s.product && { product: s.product }),
    ...(s.country.length > 0 && { country: [s.country.join(",")] }), // one parameter, as the API wants lists
    ...(s.open.length > 0 && { open: [...s.open] }),
    ...(s.as_of && { as_of: s.as_of }),
    ...(s.min_confidence > 0 && { min_confidence: s.min_confidence }),
  };
}

export function pairOf(from: string, to: string): string {
  return `${encodeURIComponent(from)}~${encodeURIComponent(to)}`;
}

/** Parameters that narrow the picture, emptied. */
export const unfiltered: Params = { product: "", country: [], as_of: "", min_confidence: "", open: [], visible: "", fold: "", suppliers: "", customers: "" };

/** How a group is named where groups are opened: TIER:KEY. */
export function groupKey(group: { id: string }): string {
  return group.id.replace(/^group:/, "");
}
