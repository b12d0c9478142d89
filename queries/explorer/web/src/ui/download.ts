import { Failure } from "../api/client";
import type { Problem } from "../api/schema";
import { token } from "../app/token";

/** Saves what an address of the API answers as a file: a link alone would not send the token. */
export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(path, { headers: token.value ? { Authorization: `Bearer ${token.value}` } : {} });
  if (!response.ok) throw new Failure((await response.json()) as Problem);
  save(await response.blob(), nameIn(response.headers.get("Content-Disposition")) ?? name);
}

/** Saves a file that the page made. */
export function save(content: Blob, name: string): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(content);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}

function nameIn(disposition: string | null): string | undefined {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  return encoded ? decodeURIComponent(encoded) : /filename="?([^";]+)"?/.exec(disposition ?? "")?.[1];
}
