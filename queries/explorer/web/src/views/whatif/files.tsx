// Files: the losses as CSV, the scenario as tributary disrupt --scenario takes it, and a scenario file opened here.
import { useRef, useState } from "preact/hooks";
import { parse, stringify } from "yaml";
import type { Scenario } from "../../api/schema";
import { Download, saveBlob } from "../../ui/export";
import { scope } from "../../ui/scope";
import { mostRows } from "./ask";
import { put } from "./choose";
import { bodyOf, caseOf, scenarioOf, type Case } from "./scenario";
import { w } from "./words";

/** What files of a scenario are named by, without the ending. */
export function fileName(of: Case): string {
  return (of.title || "scenario").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "scenario";
}

export function SaveFiles({ of }: { of: Case }) {
  return (
    <>
      <Download path="/v1/disruptions" query={{ ...scope(), format: "csv", limit: mostRows }} body={bodyOf(of)} name={fileName(of) + ".csv"}>{w().csv}</Download>
      <button type="button" onClick={() => saveBlob(new Blob([stringify(scenarioOf(of))], { type: "application/yaml" }), fileName(of) + ".yaml")}>{w().yaml}</button>
    </>
  );
}

export function OpenFile() {
  const input = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState("");
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      const read: unknown = parse(await file.text());
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
