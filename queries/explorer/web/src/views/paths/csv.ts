// The ways as a table: a row for each relation of each hop. The API gives paths as JSON only.
import type { PathsAnswer } from "../../api/schema";
import { w } from "./words";
import { entityName } from "./way";

export function asCSV(data: PathsAnswer): string {
  const rows: (string | number | undefined)[][] = [[...w().columns]];
  data.paths.forEach((path, i) => path.hops.forEach((hop, j) => {
    for (const r of hop.relations) {
      rows.push([i + 1, j + 1, hop.from, entityName(data, "companies", hop.from), hop.to, entityName(data, "companies", hop.to), r.kind, r.product && entityName(data, "products", r.product), r.share?.low, r.share?.high,
        r.stage, r.basis, r.confidence, path.weakest.hop === j ? "true" : "false", hop.link, hop.link_by, r.relation]);
    }
  }));
  return "\ufeff" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** A cell that no spreadsheet takes for a formula. */
function cell(x: string | number | undefined): string {
  if (x === undefined || x === "") return "";
  const text = typeof x === "string" && /^[=+\-@\t\r]/.test(x) ? "'" + x : String(x);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
