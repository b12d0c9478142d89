// One box that finds companies, products and countries, for choosing what stops.
import { useId, useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { Target } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { countryName, nameOf, otherName } from "../../ui/names";
import { learn } from "./known";
import { w } from "./words";

interface Hit {
  readonly key: string;
  readonly name: string;
  readonly detail: string;
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
    ...countries.slice(0, 3).map((code) => ({ key: "l" + code, name: countryName(code), detail: w().country, target: { country: code } })),
    ...products.map((p) => ({ key: "p" + p.id, name: nameOf(p), detail: [otherName(p), w().product].filter(Boolean).join(" · "), target: { product: p.id } })),
    ...companies.map((c) => ({ key: "c" + c.id, name: nameOf(c), detail: [otherName(c), c.country && countryName(c.country)].filter(Boolean).join(" · "), target: { company: c.id } })),
  ];
  return [...hits, { key: "r" + q, name: q, detail: w().addRegion, target: { region: q } }];
}

export function Picker({ onPick }: { onPick: (t: Target) => void }) {
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const id = useId();
  const wanted = q.trim();
  const found = useAnswer(wanted && "stops " + wanted, (signal) => search(wanted, signal));
  const hits = found.data ? hitsOf(found.data) : [];
  const pick = (hit: Hit | undefined) => {
    if (!hit || found.loading) return;
    setQ("");
    setOpen(false);
    setActive(0);
    onPick(hit.target);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      setActive((active + step + hits.length) % Math.max(1, hits.length));
    } else if (e.key === "Enter") {
      e.preventDefault();
      pick(hits[active]);
    } else if (e.key === "Escape") {
      setOpen(false);
    }
  };
  const shown = open && wanted !== "" && hits.length > 0;
  return (
    <div class="whatif-picker search">
      <input type="text" role="combobox" aria-label={w().add} placeholder={`${w().add} (${w().addHint})`} aria-expanded={shown} aria-controls={id} aria-autocomplete="list" aria-activedescendant={shown ? `${id}-${active}` : undefined}
        autocomplete="off" spellcheck={false} value={q} onInput={(e) => { setQ(e.currentTarget.value); setOpen(true); setActive(0); }} onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyDown={onKeyDown} />
      <ul id={id} role="listbox" class="hits" aria-label={w().add} hidden={!shown}>
        {hits.map((hit, i) => (
          <li key={hit.key} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={(e) => { e.preventDefault(); pick(hit); }} onMouseEnter={() => setActive(i)}>
            <span>{hit.name}</span> <small>{hit.detail}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
