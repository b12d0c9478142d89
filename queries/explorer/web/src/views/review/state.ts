// What was decided in this sitting, so that the last answer can be taken back, and how a decision is sent.
import { signal } from "@preact/signals";
import { answer, api } from "../../api/client";
import type { Pair, ReviewAnswer } from "../../api/schema";
import { forgetAnswers } from "../../api/use";
import { person } from "../../app/person";

export type Decision = "same" | "different";

export interface Made {
  readonly id: string;
  readonly names: readonly [string, string];
  readonly decision: Decision;
}

/** Newest last. */
export const sitting = signal<readonly Made[]>([]);

function send(id: string, decision: Decision | "undo", more: { why?: string; force?: boolean } = {}): Promise<ReviewAnswer> {
  return answer(api.POST("/v1/reviews/{id}", { params: { path: { id } }, body: { decision, by: person.value.trim(), ...more } }));
}

export async function decide(pair: Pair, decision: Decision, more: { why?: string; force?: boolean }): Promise<void> {
  await send(pair.id, decision, more);
  sitting.value = [...sitting.value, { id: pair.id, names: [pair.record_side?.name ?? pair.record, pair.candidate_side?.name ?? pair.candidate], decision }];
  forgetAnswers();
}

export async function undo(id: string): Promise<void> {
  await send(id, "undo");
  sitting.value = sitting.value.filter((made) => made.id !== id);
  forgetAnswers();
}
