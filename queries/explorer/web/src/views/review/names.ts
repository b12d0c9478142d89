import type { Pair } from "../../api/schema";

/** What one of the two is called. Once they are one company, the record is what files write. */
export function nameIn(x: Pair, which: "record" | "candidate"): string {
  if (which === "record" && x.record_side?.id === x.candidate_side?.id) return x.record;
  return (which === "record" ? x.record_side : x.candidate_side)?.name ?? x[which];
}
