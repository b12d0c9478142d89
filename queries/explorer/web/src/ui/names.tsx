// How things are named: by the reader's language where the graph knows it.
import { language } from "../app/settings";

export interface Named {
  readonly id: string;
  readonly name?: string;
  readonly name_zh?: string;
}

export function nameOf(x: Named): string {
  return (language.value === "zh" && x.name_zh) || x.name || x.id;
}

/** The other name, where there is one. */
export function otherName(x: Named): string | undefined {
  const other = language.value === "zh" ? x.name : x.name_zh;
  return other && other !== nameOf(x) ? other : undefined;
}

/** A country in the reader's language, by its ISO code. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([language.value === "zh" ? "zh-Hans" : "en"], { type: "region" }).of(code) ?? code;
}

const schemes: Record<string, string> = { lei: "LEI", isin: "ISIN", ticker: "Ticker", permid: "PermID", opencorporates: "OpenCorporates", osh: "OS Hub" };

/** An identifier such as lei:5299..., as people write it. */
export function identifierText(id: string): string {
  const [, scheme = "", value = ""] = /^([a-z]+):(.*)$/.exec(id) ?? [];
  if (!value) return id;
  return (scheme === "ticker" && language.value === "zh" ? "股票代码" : (schemes[scheme] ?? scheme.toUpperCase())) + " " + value;
}
