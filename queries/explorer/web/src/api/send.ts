// Sends files, and says how much of them has left. fetch does not tell that.
import { token, tokenWanted } from "../app/token";
import { Failure } from "./client";
import type { Problem } from "./schema";

/** Posts a form, which the browser reads from disk as it sends it. The answer is JSON, or a [Failure]. */
export function send<T>(path: string, form: FormData, abort: AbortSignal, sent: (part: number) => void, headers: Record<string, string> = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (token.value) request.setRequestHeader("Authorization", `Bearer ${token.value}`);
    request.upload.onprogress = (e) => e.lengthComputable && sent(e.loaded / e.total);
    request.onload = () => {
      if (request.status === 401) tokenWanted.value = true;
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(new Failure((request.response as Problem | null) ?? ({ title: request.statusText, status: request.status, code: "unreachable" } as Problem)));
    };
    request.onerror = () => reject(new Error("the server does not answer"));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    abort.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
