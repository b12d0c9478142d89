// A scenario with what is taken for granted: read from the address, written to it, and as the API and files take it.
import type { DisruptionBody, Scenario, SupposedRelation, Target } from "../../api/schema";
import type { Params } from "../../app/address";
import { formatSecond, formatStop, parseSecond, parseStop, type Second } from "./stops";

export interface Case {
  readonly title: string;
  readonly stops: readonly Target[];
  readonly seconds: readonly Second[];
  /** What a file says besides, which the page keeps and sends but has no field for. */
  readonly rest: Scenario;
  readonly assume: readonly ("complete" | "essential")[];
  readonly undocumented: "unaffected" | "worst";
  readonly productLevel: "both" | "exact" | "merged";
}

export const nothing: Case = { title: "", stops: [], seconds: [], rest: {}, assume: [], undocumented: "unaffected", productLevel: "both" };

export function readCase(params: URLSearchParams): Case {
  const level = params.get("product_level");
  return {
    title: params.get("title") ?? "",
    stops: params.getAll("stop").map(parseStop).filter((t) => Object.keys(t).some((k) => k !== "capacity")),
    seconds: params.getAll("second").map(parseSecond).filter((s) => s !== undefined),
    rest: readRest(params.get("rest")),
    assume: (["complete", "essential"] as const).filter((a) => params.getAll("assume").includes(a)),
    undocumented: params.get("undocumented") === "worst" ? "worst" : "unaffected",
    productLevel: level === "exact" || level === "merged" ? level : "both",
  };
}

function readRest(text: string | null): Scenario {
  if (!text) return {};
  try {
    const rest: unknown = JSON.parse(text);
    return typeof rest === "object" && rest !== null && !Array.isArray(rest) ? (rest as Scenario) : {};
  } catch {
    return {};
  }
}

/** The parameters of the address that hold a case. */
export function caseParams(c: Case): Params {
  return {
    title: c.title,
    stop: c.stops.map(formatStop),
    second: c.seconds.map(formatSecond),
    rest: Object.keys(c.rest).length > 0 ? JSON.stringify(c.rest) : "",
    assume: c.assume,
    undocumented: c.undocumented === "worst" ? "worst" : "",
    product_level: c.productLevel === "both" ? "" : c.productLevel,
  };
}

/** A case as one text: for comparing several by one address, and for keeping them. */
export function formatCase(c: Case): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(caseParams(c))) {
    for (const v of Array.isArray(value) ? value : [value]) if (v) params.append(name, String(v));
  }
  return params.toString();
}

export function parseCase(text: string): Case {
  return readCase(new URLSearchParams(text));
}

/** What a supplier that no source names is called in scenarios. */
const newName = "a new supplier";

/** The scenario as the API and `tributary disrupt --scenario` take it. */
export function scenarioOf(c: Case): Scenario {
  const { remedy: other, targets: _, ...rest } = c.rest;
  const add: SupposedRelation[] = c.seconds.map((s, i) => ({ from: s.from || nameOfNew(c, i), to: s.to, product: s.product, takes: s.takes }));
  const unnamed = c.seconds.flatMap((s, i) => (s.from ? [] : [{ name: nameOfNew(c, i) }]));
  const remedy = {
    ...other,
    ...((add.length > 0 || other?.add) && { add: [...(other?.add ?? []), ...add] }),
    ...((unnamed.length > 0 || other?.new_suppliers) && { new_suppliers: [...(other?.new_suppliers ?? []), ...unnamed] }),
  };
  return { ...(c.title && { title: c.title }), ...rest, ...(c.stops.length > 0 && { targets: [...c.stops] }), ...(Object.keys(remedy).length > 0 && { remedy }) };
}

function nameOfNew(c: Case, i: number): string {
  const before = c.seconds.slice(0, i).filter((s) => !s.from).length;
  return before === 0 ? newName : `${newName} ${before + 1}`;
}

/** A case out of a scenario of a file. */
export function caseOf({ title = "", targets = [], remedy = {}, ...rest }: Scenario): Case {
  const unnamed = new Set((remedy.new_suppliers ?? []).filter((s) => !s.country).map((s) => s.name));
  const plain = (a: SupposedRelation) => a.takes !== undefined && a.product !== undefined && Object.keys(a).length === 4;
  const seconds = (remedy.add ?? []).filter(plain).map((a) => ({ from: unnamed.has(a.from) ? "" : a.from, product: a.product!, to: a.to, takes: a.takes! }));
  const add = (remedy.add ?? []).filter((a) => !plain(a));
  const named = (remedy.new_suppliers ?? []).filter((s) => !unnamed.has(s.name) || add.some((a) => a.from === s.name));
  const { add: _, new_suppliers: __, ...others } = remedy;
  const kept = { ...others, ...(add.length > 0 && { add }), ...(named.length > 0 && { new_suppliers: named }) };
  return { ...nothing, title, stops: targets, seconds, rest: { ...rest, ...(Object.keys(kept).length > 0 && { remedy: kept }) } };
}

export function isEmpty(c: Case): boolean {
  return c.stops.length === 0 && !c.rest.demand?.length;
}

export function bodyOf(c: Case, more: Partial<DisruptionBody> = {}): DisruptionBody {
  return {
    scenario: scenarioOf(c),
    ...(c.assume.length > 0 && { assume: [...c.assume] }),
    ...(c.undocumented !== "unaffected" && { undocumented: c.undocumented }),
    ...(c.productLevel !== "both" && { product_level: c.productLevel }),
    sort: "upper",
    ...more,
  };
}
