// The API, typed by its own OpenAPI document.
import createClient, { type Middleware } from "openapi-fetch";
import { token, tokenWanted } from "../app/token";
import type { paths, Problem } from "./schema";

const withToken: Middleware = {
  onRequest({ request }) {
    if (token.value) request.headers.set("Authorization", `Bearer ${token.value}`);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) tokenWanted.value = true;
  },
};

/** api.GET("/v1/companies/{id}", {params: {path: {id}}}) and so on; prefer answer, which fails with a [Failure]. */
export const api = createClient<paths>({ baseUrl: location.origin });
api.use(withToken);

/** A problem that the API told, in its words. */
export class Failure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? "the request failed");
  }
}

/** What was to be stopped had ended before. */
export function isOver(failure: unknown): boolean {
  return failure instanceof Failure && failure.problem.status === 409;
}

/** The data of a call, as JSON, or a [Failure]. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Exclude<T, string>> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return data as Exclude<T, string>;
  throw new Failure(typeof error === "object" && error !== null ? (error as Problem) : ({ title: response.statusText, status: response.status, code: "unreachable" } as Problem));
}
