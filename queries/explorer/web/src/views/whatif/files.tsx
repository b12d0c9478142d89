// Files: the losses as CSV, the scenario as tributary disrupt --scenario takes it, and a scenario file opened here.
import { useRef, useState } from "preact/hooks";
import type { Scenario } from "../../api/schema";
import { token } from "../../app/token";
import { saveBlob } from "../../ui/export";
import { scope } from "../../ui/scope";
import { mostRows } from "./ask";
import { put } from "./choose";
import { bodyOf, caseOf, scenarioOf, type Case } from "./scenario";
import { w } from "./words";
import { fromYaml, toYaml } from "./yaml";

/** What files of a scenario are named by, without the ending. */
export function fileName(of: Case): string {
  return (of.title || "scenario").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "scenario";
}

async function saveCsv(of: Case): Promise<boolean> {
  const query = new URLSearchParams({ format: "csv", limit: String(mostRows) });
  for (const [name, value] of Object.entries(scope())) query.set(name, String(value));
  const headers = { "Content-Type": "application/json", ...(token.value && { Authorization: `Bearer ${token.value}` }) };
  const response = await fetch(`/v1/disruptions?${query}`, { method: "POST", headers, body: JSON.stringify(bodyOf(of)) }).catch(() => undefined);
  if (response?.ok) saveBlob(await response.blob(), fileName(of) + ".csv");
  return response?.ok ?? false;
}

export function SaveFiles({ of }: { of: Case }) {
  const [failed, setFailed] = useState(false);
  return (
    <>
      <button type="button" onClick={() => void saveCsv(of).then((ok) => setFailed(!ok))}>{w().csv}</button>
      <button type="button" onClick={() => saveBlob(new Blob([toYaml(scenarioOf(of))], { type: "application/yaml" }), fileName(of) + ".yaml")}>{w().yaml}</button>
      {failed && <span role="alert">{w().csvFailed}</span>}
    </>
  );
}

export function OpenFile() {
  const input = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState("");
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      const read = fromYaml(await file.text());
      if (typeof read !== "object" || read === null || Array.isArray(read)) throw new Error(file.name);
      setFailed("");
      put(caseOf(read as Scenario));
    } catch (e) {
      setFailed(e instanceof Error ? e.message : String(e));
    }
  };
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>{w().load}</button>
      <input ref={input} type="file" hidden aria-label={w().load} accept=".yaml,.yml,.json" onChange={(e) => { void open(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} />
      {failed && <span class="note failure" role="alert">{w().loadFailed}: {failed}</span>}
    </>
  );
}
