// The data behind what is shown, as a file.
import { useState } from "preact/hooks";
import { token, tokenWanted } from "../app/token";
import { words } from "../app/settings";

const w = words({
  en: { csv: "CSV", title: "Download the data as CSV", failed: "The file could not be fetched." },
  zh: { csv: "CSV", title: "下载 CSV 数据", failed: "无法获取文件。" },
});

/** Lists are separated by commas, but for those of which each item is a parameter of its own. */
type Query = Record<string, string | number | boolean | readonly string[] | { readonly each: readonly string[] } | null | undefined>;

/** The address of an answer of the API, within the page's origin. */
export function apiAddress(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) params.set(name, value.join(","));
    else if (typeof value === "object" && value !== null) for (const item of (value as { each: readonly string[] }).each) params.append(name, item);
    else if (value !== null && value !== undefined && value !== "" && value !== false) params.set(name, String(value));
  }
  const text = params.toString();
  return path + (text && "?" + text);
}

/** Saves bytes as a file. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** What the server calls a file that it gives. */
function nameGiven(response: Response): string | undefined {
  const header = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(header)?.[1];
  return encoded ? decodeURIComponent(encoded) : /filename="?([^";]+)"?/i.exec(header)?.[1];
}

/** A file that the API gives: a plain link, or where that takes the token or a body, fetched and saved. Without a name it has the server's. */
export function Download({ path, query, body, name, children, title }: { path: string; query?: Query; body?: unknown; name?: string; children: preact.ComponentChildren; title?: string }) {
  const [failed, setFailed] = useState(false);
  const at = apiAddress(path, query);
  if (!token.value && body === undefined) return <a class="button" href={at} download={name ?? ""} title={title}>{children}</a>;
  const fetchIt = async () => {
    const headers = { ...(token.value && { Authorization: `Bearer ${token.value}` }), ...(body !== undefined && { "Content-Type": "application/json" }) };
    const response = await fetch(at, body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) }).catch(() => undefined);
    if (response?.status === 401) tokenWanted.value = true;
    setFailed(!response?.ok);
    if (response?.ok) saveBlob(await response.blob(), name ?? nameGiven(response) ?? "tributary");
  };
  return <><button type="button" title={title} onClick={() => void fetchIt()}>{children}</button>{failed && <span role="alert">{w().failed}</span>}</>;
}

/** The answer to a question as CSV. */
export function Csv({ path, query, name }: { path: string; query?: Query; name: string }) {
  return <Download path={path} query={{ ...query, format: "csv" }} name={name} title={w().title}>{w().csv}</Download>;
}
