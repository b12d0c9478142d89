// Countries and sectors by name, in either language, among those that companies of the graph are of.
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { words } from "../../app/settings";
import { countryName } from "../../ui/names";
import { count } from "../../ui/numbers";

const w = words({
  en: { country: "country", sector: "sector", companies: (n: number) => `${count(n)} ${n === 1 ? "company" : "companies"}` },
  zh: { country: "国家/地区", sector: "行业", companies: (n) => `${count(n)} 家公司` },
});

export interface GroupHit {
  readonly by: "country" | "sector";
  /** The code of the country, or the sector. */
  readonly group: string;
  readonly name: string;
  readonly detail: string;
  /** It is called just that. */
  readonly exact: boolean;
}

interface Group {
  readonly by: GroupHit["by"];
  readonly group: string;
  readonly companies: number;
  readonly called: readonly string[];
}

/** What people call countries beside their names. */
const short: Record<string, string> = { US: "USA", GB: "UK", AE: "UAE" };
const most = 3;

/** Finds groups by the beginning of a word of a name; asks once what there is. */
export function useGroups(q: string): readonly GroupHit[] {
  const asked = useAnswer(q && "groups", load);
  const wanted = q.toLowerCase();
  if (!wanted || !asked.data) return [];
  return asked.data
    .filter((g) => g.called.some((name) => begins(name, wanted)))
    .map((g) => ({ by: g.by, group: g.group, name: g.by === "country" ? countryName(g.group) : g.group, detail: `${w()[g.by]} · ${w().companies(g.companies)}`, exact: g.called.includes(wanted) }))
    .sort((a, b) => Number(b.exact) - Number(a.exact))
    .slice(0, most);
}

/** A name, or a word in it, begins with what was typed; Chinese has no words to begin with. */
function begins(name: string, wanted: string): boolean {
  return name.startsWith(wanted) || name.split(/[\s/,&()-]+/).some((word) => word.startsWith(wanted)) || (/\p{Script=Han}/u.test(wanted) && name.includes(wanted));
}

async function load(signal: AbortSignal): Promise<readonly Group[]> {
  const [countries, sectors] = await Promise.all((["country", "sector"] as const).map((by) => answer(api.GET("/v1/flows", { params: { query: { by, limit: 1 } }, signal }))));
  const names = ["en", "zh-Hans"].map((language) => new Intl.DisplayNames([language], { type: "region" }));
  const known = (of: typeof countries) => (of?.groups ?? []).filter((g) => g.name !== "").sort((a, b) => b.companies - a.companies);
  return [
    ...known(countries).map((g) => ({ by: "country" as const, group: g.name, companies: g.companies, called: [g.name, short[g.name] ?? "", ...names.map((n) => nameIn(n, g.name))].filter(Boolean).map((s) => s.toLowerCase()) })),
    ...known(sectors).map((g) => ({ by: "sector" as const, group: g.name, companies: g.companies, called: [g.name.toLowerCase()] })),
  ];
}

function nameIn(names: Intl.DisplayNames, code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? "") : "";
}
