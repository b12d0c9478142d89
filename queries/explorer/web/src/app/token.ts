// The token of a server that wants one, for as long as the tab is open.
import { signal } from "@preact/signals";

const key = "tributary.token";

export const token = signal(sessionStorage.getItem(key) ?? "");
/** The server refused the token, or wants one. */
export const tokenWanted = signal(false);

export function setToken(value: string): void {
  sessionStorage.setItem(key, value);
  token.value = value;
  tokenWanted.value = false;
}
