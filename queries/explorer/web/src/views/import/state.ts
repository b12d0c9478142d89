// The files that are being brought in, each with how far it is. They stay while one looks at other views.
import { signal } from "@preact/signals";
import { answer, api, Failure, isOver } from "../../api/client";
import type { ImportStatus, SuggestOutputBody } from "../../api/schema";
import { patiently, pause } from "../../api/retry";
import { send } from "../../api/send";
import { forgetAnswers } from "../../api/use";

export interface Draft {
  readonly id: number;
  readonly file: File;
  readonly dataset: string;
  readonly replace: boolean;
  /** How the file is read; undefined leaves it to the content. */
  readonly mapping?: string;
  readonly unsure: SuggestOutputBody["unsure"];
  readonly doing?: "checking" | "drafting" | "importing";
  /** How much of the file has left, 0 to 1, while it is being sent. */
  readonly sent: number;
  readonly job?: ImportStatus;
  readonly failure?: Error;
  /** What failed, or was stopped. */
  readonly broke?: "checking" | "importing";
  readonly stopped?: boolean;
  /** Why it could not be stopped: it goes on. */
  readonly unstopped?: Error;
  /** What a dry run said. */
  readonly dry?: ImportStatus;
  /** The mapping was changed since. */
  readonly stale?: boolean;
  readonly done?: ImportStatus;
}

export const drafts = signal<readonly Draft[]>([]);
/** Small files beside them, in which mappings look up, by name. */
export const lookups = signal<ReadonlyMap<string, File>>(new Map());

const under = new Map<number, AbortController>();
let next = 1;

export function change(id: number, by: Partial<Draft>): void {
  drafts.value = drafts.value.map((d) => (d.id === id ? { ...d, ...by } : d));
}

function draft(id: number): Draft | undefined {
  return drafts.value.find((d) => d.id === id);
}

const mostMapping = 1 << 20;

/** Takes files: data, mappings (YAML) for all data among them, and each is checked at once. Tells the first one's id. */
export async function add(files: readonly File[], begun: (id: number) => void): Promise<void> {
  const isMapping = (f: File) => /\.ya?ml$/i.test(f.name) && f.size <= mostMapping;
  const written = files.find(isMapping);
  const mapping = await written?.text();
  const data = files.filter((f) => !isMapping(f));
  if (data.length === 0 && mapping !== undefined) { // a mapping for what is there already
    for (const d of drafts.value) if (!d.done) change(d.id, { mapping, unsure: [], stale: true });
    for (const d of drafts.value) if (!d.done) await check(d.id);
    return;
  }
  const looked = new Set(mapping === undefined ? [] : namesOfLookups(mapping));
  lookups.value = new Map([...lookups.value, ...data.map((f) => [f.name, f] as const)]);
  const added = data.filter((f) => !looked.has(f.name)).map((file): Draft => ({ id: next++, file, dataset: datasetOf(file.name), replace: false, mapping, unsure: [], sent: 0 }));
  drafts.value = [...drafts.value, ...added];
  if (added[0]) begun(added[0].id);
  for (const d of added) await check(d.id);
}

export function remove(id: number): void {
  void cancel(id);
  drafts.value = drafts.value.filter((d) => d.id !== id);
}

/** What a file is a version of: its name without its extensions, as on the command line. */
function datasetOf(name: string): string {
  return name.replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|xlsx|parquet|gz|zst|zip))+$/i, "") || name;
}

/** The files that a mapping looks up in. */
export function namesOfLookups(mapping: string): string[] {
  return [...mapping.matchAll(/\bfile:\s*["']?([^"',}\n#]+)/g)].map((m) => (m[1] ?? "").trim().replace(/^.*\//, ""));
}

function form(d: Draft): FormData {
  const out = new FormData();
  if (d.mapping !== undefined) {
    out.append("mapping", new Blob([d.mapping], { type: "application/yaml" }), "mapping.yaml");
    for (const name of new Set(namesOfLookups(d.mapping))) {
      const file = lookups.value.get(name);
      if (file) out.append("lookup", file, name);
    }
  }
  out.append("file", d.file, d.file.name);
  return out;
}

/** How many records a dry run shows. */
const shown = 12;

/** Sends the file, and follows the job until it is over. */
async function run(d: Draft, doing: "checking" | "importing"): Promise<ImportStatus> {
  const abort = new AbortController();
  under.set(d.id, abort);
  change(d.id, { doing, sent: 0, job: undefined, failure: undefined, broke: undefined, stopped: undefined, unstopped: undefined });
  const query = new URLSearchParams({ dataset: d.dataset.trim(), ...(doing === "checking" ? { dry_run: "true", preview: String(shown) } : {}), ...(d.replace ? { replace: "true" } : {}) });
  let job = await send<ImportStatus>("/v1/imports?" + query, form(d), abort.signal, (sent) => change(d.id, { sent }), { Prefer: "respond-async" });
  while (job.status === "running") {
    change(d.id, { sent: 1, job });
    await pause(400, abort.signal);
    const { id } = job;
    job = await patiently(() => answer(api.GET("/v1/imports/{id}", { params: { path: { id } }, signal: abort.signal })), abort.signal);
  }
  if (job.status === "cancelled") throw new DOMException("cancelled", "AbortError");
  if (job.problem) throw new Failure(job.problem);
  return job;
}

/** Runs the file dry. A file that cannot be read as it is gets a mapping drafted, which is tried in turn. */
export async function check(id: number): Promise<void> {
  const d = draft(id);
  if (!d || d.doing) return;
  try {
    const dry = await run(d, "checking");
    change(id, { dry, stale: false });
  } catch (e) {
    if (isAbort(e)) {
      change(id, { broke: "checking", stopped: true });
      return;
    }
    change(id, { failure: e as Error, broke: "checking", dry: undefined, stale: false });
    if (d.mapping === undefined && e instanceof Failure && e.problem.code === "invalid" && /mapping/.test(e.message)) {
      change(id, { doing: undefined });
      await suggest(id);
    }
  } finally {
    under.delete(id);
    change(id, { doing: undefined, job: undefined });
  }
}

/** Enough of a large text for a draft; other files are read from their end, and sent whole. */
const beginning = 4 << 20;

/** Drafts a mapping, and tries it. */
export async function suggest(id: number): Promise<void> {
  const d = draft(id);
  if (!d || d.doing) return;
  const abort = new AbortController();
  under.set(id, abort);
  change(id, { doing: "drafting", sent: 0, failure: undefined, broke: undefined, stopped: undefined, unstopped: undefined });
  try {
    const body = new FormData();
    const text = /\.(csv|tsv|txt|jsonl|ndjson)$/i.test(d.file.name);
    body.append("file", text && d.file.size > beginning ? d.file.slice(0, beginning) : d.file, d.file.name);
    const draft = await send<SuggestOutputBody>("/v1/mappings/suggest", body, abort.signal, (sent) => change(id, { sent }));
    change(id, { mapping: draft.mapping, unsure: draft.unsure, doing: undefined });
    await check(id);
  } catch (e) {
    change(id, isAbort(e) ? { broke: "checking", stopped: true } : { failure: e as Error, broke: "checking" });
  } finally {
    under.delete(id);
    change(id, { doing: undefined });
  }
}

/** Imports the file; the key of the import when that worked. */
export async function bringIn(id: number): Promise<string | undefined> {
  const d = draft(id);
  if (!d || d.doing) return undefined;
  try {
    const done = await run(d, "importing");
    change(id, { done });
    return done.id;
  } catch (e) {
    change(id, isAbort(e) ? { broke: "importing", stopped: true } : { failure: e as Error, broke: "importing" });
    return undefined;
  } finally {
    forgetAnswers(); // what was written before it broke stays
    under.delete(id);
    change(id, { doing: undefined, job: undefined });
  }
}

/** Stops what is under way. What an import has written stays; the same again goes on there. */
export async function cancel(id: number): Promise<void> {
  const job = draft(id)?.job;
  if (!job) {
    under.get(id)?.abort();
    return;
  }
  try {
    change(id, { unstopped: undefined });
    await answer(api.DELETE("/v1/imports/{id}", { params: { path: { id: job.id } } }));
  } catch (e) {
    if (!isOver(e)) change(id, { unstopped: e as Error });
  }
}

function isAbort(e: unknown): boolean {
  return e instanceof DOMException && e.name === "AbortError";
}
