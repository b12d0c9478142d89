// The state of the page is its address: a path of segments and parameters behind the #, such as
// #/company/nvidia/chain?suppliers=3. Whoever has the link sees the same.
import { signal } from "@preact/signals";

export interface Address {
  readonly path: readonly string[];
  readonly params: URLSearchParams;
}

/** Parameters to write: a list is repeated, an empty value is left out. */
export type Params = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export function parse(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { path: path.split("/").filter(Boolean).map(decode), params: new URLSearchParams(query) };
}

/** What was escaped; a text that nobody escaped stays as it is. */
export function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The link to a state, for href. */
export function link(path: readonly string[], params: Params = {}): string {
  return format(path, write(new URLSearchParams(), params));
}

function format(path: readonly string[], params: URLSearchParams): string {
  const query = params.toString();
  return "#/" + path.map(encodeURIComponent).join("/") + (query && "?" + query);
}

function write(to: URLSearchParams, params: Params): URLSearchParams {
  for (const [name, value] of Object.entries(params)) {
    to.delete(name);
    if (Array.isArray(value)) {
      for (const item of value) to.append(name, item);
    } else if (value !== null && value !== undefined && value !== "" && value !== false) {
      to.set(name, String(value));
    }
  }
  return to;
}

/** Where the page is now. */
export const address = signal(parse(location.hash));

addEventListener("hashchange", () => {
  address.value = parse(location.hash);
});

/** Goes to another state, which the back button leaves again. */
export function go(path: readonly string[], params: Params = {}): void {
  location.hash = link(path, params);
}

/** The link to this state with some parameters changed. */
export function changed(params: Params): string {
  const { path, params: now } = address.value;
  return format(path, write(new URLSearchParams(now), params));
}

/** Changes parameters of this state; with replace, as for a slider that moves, the back button knows nothing of it. */
export function change(params: Params, replace = false): void {
  const to = changed(params);
  if (!replace) {
    location.hash = to;
    return;
  }
  history.replaceState(null, "", to);
  address.value = parse(to);
}
