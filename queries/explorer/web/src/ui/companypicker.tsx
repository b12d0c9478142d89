// A box that finds a company, or a product, and shows the one chosen by its name.
import { answer, api } from "../api/client";
import { useAnswer } from "../api/use";
import { words } from "../app/settings";
import { countryName, nameOf, otherName } from "./names";
import { Picker, type PickerItem } from "./picker";

const w = words({ en: { hint: "Company, LEI, ticker…" }, zh: { hint: "公司、LEI、股票代码…" } });

function useCompanies(q: string): readonly PickerItem[] | undefined {
  const found = useAnswer(q && "pick companies " + q, (signal) => answer(api.GET("/v1/companies", { params: { query: { q, limit: 8 } }, signal })));
  if (!found.data || found.loading) return undefined;
  return found.data.items.map((c) => ({ id: c.id, text: nameOf(c), detail: [otherName(c), c.country && countryName(c.country)].filter(Boolean).join(" · ") }));
}

export function CompanyPicker({ label, value, onTake }: { label: string; value: string; onTake: (id: string) => void }) {
  const chosen = useAnswer(value && "company " + value, (signal) => answer(api.GET("/v1/companies/{id}", { params: { path: { id: value } }, signal })));
  return <Picker label={label} placeholder={w().hint} chosen={value && (chosen.data && !chosen.loading ? nameOf(chosen.data) : value)} find={useCompanies} onTake={onTake} />;
}
