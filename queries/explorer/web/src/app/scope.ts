// What counts in a view: the day, the least confidence and so on, as its address says. Each view passes them on to
// the questions that it asks, so that a number and the evidence behind it speak of the same graph.
import { address } from "./address";

const dates = /^(any|today|(FY)?\d{4}(-?[QqHh][1-4]|-\d{2}(-\d{2})?)?)$/;

export interface ScopeParams {
  as_of?: string;
  min_confidence?: number;
  group?: "none" | "control";
}

/** The scope that the address names; what the API would refuse is left out. */
export function scope(): ScopeParams {
  const { params } = address.value;
  const out: ScopeParams = {};
  const asOf = params.get("as_of") ?? "";
  const least = Number(params.get("min_confidence"));
  if (dates.test(asOf)) out.as_of = asOf;
  if (least > 0 && least <= 1) out.min_confidence = least;
  if (params.get("group") === "control") out.group = "control";
  return out;
}
