// The questions of this view.
import { answer, api } from "../../api/client";
import type { DisruptionAnswer, DisruptionBody } from "../../api/schema";
import { useAnswer, type Asked } from "../../api/use";
import type { Case } from "./scenario";
import { bodyOf, isEmpty } from "./scenario";
import { scope } from "../../ui/scope";

/** How many rows are asked for at first, and at most: each is explained, which takes longer than the losses themselves. */
export const firstRows = 200;
export const mostRows = 1000;

export function askLosses(body: DisruptionBody, limit: number, signal?: AbortSignal): Promise<DisruptionAnswer> {
  return answer(api.POST("/v1/disruptions", { params: { query: { ...scope(), limit } }, body, signal }));
}

/** What is lost in a case, of one company or of all. */
export function useLosses(of: Case, company?: string, limit = firstRows): Asked<DisruptionAnswer> {
  const body = bodyOf(of, company ? { company } : {});
  const key = isEmpty(of) || company === "" ? "" : "disruption " + limit + JSON.stringify(scope()) + JSON.stringify(body);
  return useAnswer(key, (signal) => askLosses(body, limit, signal));
}

/** What several cases cost; in the order of the cases. */
export function useCases(cases: readonly Case[], company?: string): Asked<DisruptionAnswer[]> {
  const bodies = cases.map((c) => bodyOf(c, company ? { company } : {}));
  const key = cases.length === 0 || cases.some(isEmpty) ? "" : "disruptions " + JSON.stringify(scope()) + JSON.stringify(bodies);
  return useAnswer(key, (signal) => Promise.all(bodies.map((body) => askLosses(body, firstRows, signal))));
}
