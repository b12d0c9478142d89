// One box that finds companies, products and countries, for choosing what stops.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { Target } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { Combobox, type Choice } from "../../ui/combobox";
import { countryName, nameOf, otherName } from "../../ui/names";
import { learn } from "./known";
import { w } from "./words";

interface Hit extends Choice {
  readonly target: Target;
}

async function search(q: string, signal: AbortSignal) {
  const [companies, products, stats] = await Promise.all([
    answer(api.GET("/v1/companies", { params: { query: { q, limit: 6 } }, signal })),
    answer(api.GET("/v1/products", { params: { query: { q, limit: 5 } }, signal })),
    answer(api.GET("/v1/stats", { signal })),
  ]);
  for (const c of companies.items) learn("company", c);
  for (const p of products.items) learn("product", p);
  return { q, companies: companies.items, products: products.items, countries: stats.countries.map((c) => c.name) };
}

/** What was found, named in the language that is read now. */
function hitsOf({ q, companies, products, countries: all }: Awaited<ReturnType<typeof search>>): Hit[] {
  const plain = q.toLowerCase();
  const countries = all.filter((code) => code && (code.toLowerCase() === plain || countryName(code).toLowerCase().includes(plain)));
  const hits: Hit[] = [
    ...countries.slice(0, 3).map((code) => ({ key: "l" + code, text: countryName(code), detail: w().country, target: { country: code } })),
    ...products.map((p) => ({ key: "p" + p.id, text: nameOf(p), detail: [otherName(p), w().product].filter(Boolean).join(" · "), target: { product: p.id } })),
    ...companies.map((c) => ({ key: "c" + c.id, text: nameOf(c), detail: [otherName(c), c.country && countryName(c.country)].filter(Boolean).join(" · "), target: { company: c.id } })),
  ];
  return [...hits, { key: "r" + q, text: q, detail: w().addRegion, target: { region: q } }];
}

export function Picker({ onPick }: { onPick: (t: Target) => void }) {
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  const wanted = q.trim();
  const found = useAnswer(wanted && "stops " + wanted, (signal) => search(wanted, signal));
  const hits = found.data ? hitsOf(found.data) : [];
  const pick = (i: number) => {
    const hit = hits[i];
    if (!hit || found.loading) return;
    setQ("");
    setOpen(false);
    onPick(hit.target);
  };
  return (
    <div class="whatif-picker search">
      <Combobox label={w().add} placeholder={`${w().add} (${w().addHint})`} value={q} open={open && wanted !== "" && hits.length > 0} choices={hits}
        onType={(text) => { setQ(text); setOpen(true); }} onTake={pick} onEnter={pick} onEscape={() => setOpen(false)} onOpen={() => setOpen(true)} onBlur={() => setOpen(false)} />
    </div>
  );
}
