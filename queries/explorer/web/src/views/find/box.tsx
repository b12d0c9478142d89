// The search box: companies, products, countries and sectors as one types, chosen with the arrow keys.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { go, type Params } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, otherName } from "../../ui/names";
import { useGroups, type GroupHit } from "./groups";

const w = words({
  en: { label: "Find a company, a product, a country or a sector", hint: "Company, product, country, LEI, ticker…", product: "product", nothing: "Nothing found", all: (n: number) => `All ${n} companies found` },
  zh: { label: "查找公司、产品、国家/地区或行业", hint: "公司、产品、国家/地区、LEI、股票代码…", product: "产品", nothing: "未找到", all: (n: number) => `查看全部 ${n} 家公司` },
});

interface Hit {
  key: string;
  to: readonly string[];
  params?: Params;
  name: string;
  detail: string;
}

/** Companies and products that the words may mean. */
async function search(q: string, signal: AbortSignal) {
  const [companies, products] = await Promise.all([
    answer(api.GET("/v1/companies", { params: { query: { q, limit: 8 } }, signal })),
    answer(api.GET("/v1/products", { params: { query: { q, limit: 3 } }, signal })),
  ]);
  return { total: companies.total ?? companies.items.length, companies: companies.items, products: products.items };
}

/** What was found, named in the language that is read now. */
function hitsOf({ companies, products }: Awaited<ReturnType<typeof search>>): Hit[] {
  return [
    ...companies.map((c) => ({ key: "c" + c.id, to: ["company", c.id], name: nameOf(c), detail: [otherName(c), c.country && countryName(c.country)].filter(Boolean).join(" · ") })),
    ...products.map((p) => ({ key: "p" + p.id, to: ["product", p.id], name: nameOf(p), detail: w().product })),
  ];
}

/** The companies of a country or sector. */
function groupHit(g: GroupHit): Hit {
  return { key: g.by + g.group, to: [], params: { [g.by]: g.group }, name: g.name, detail: g.detail };
}

export function SearchBox({ autofocus = false }: { autofocus?: boolean }) {
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [entered, setEntered] = useState("");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const found = useAnswer(q.trim() && "search " + q.trim(), (signal) => search(q.trim(), signal));
  const groups = useGroups(q.trim());
  // What is called just as was typed comes first, other groups after the companies and products.
  const hits = found.data ? [...groups.filter((g) => g.exact).map(groupHit), ...hitsOf(found.data), ...groups.filter((g) => !g.exact).map(groupHit)] : [];
  const choose = ({ to, params }: Hit) => {
    setOpen(false);
    setQ("");
    input.current?.blur();
    go(to, params);
  };
  // Enter before the answer is there takes the first of what comes.
  useEffect(() => {
    if (found.loading || entered === "" || entered !== q) return;
    setEntered("");
    const first = hits[0];
    if (first) choose(first);
    else go([], { q: q.trim() });
  }, [found.loading, entered, q]);
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      setOpen(true);
      setActive((active + step + hits.length) % Math.max(1, hits.length));
    } else if (e.key === "Enter") {
      e.preventDefault();
      const hit = hits[active];
      if (found.loading) setEntered(q);
      else if (hit) choose(hit);
      else if (q.trim()) {
        setOpen(false);
        go([], { q: q.trim() });
      }
    } else if (e.key === "Escape") {
      setOpen(false);
    }
  };
  return (
    <div class="search" role="search">
      <input ref={input} type="text" role="combobox" list={undefined} aria-label={w().label} placeholder={w().hint} aria-expanded={open && q !== ""} aria-controls={id} aria-autocomplete="list"
        aria-activedescendant={open && hits[active] ? `${id}-${active}` : undefined} autofocus={autofocus} autocomplete="off" spellcheck={false} value={q}
        onInput={(e) => { setQ(e.currentTarget.value); setOpen(true); setActive(0); }} onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyDown={onKeyDown} />
      <ul id={id} role="listbox" class="hits" aria-label={w().label} hidden={!open || q.trim() === ""}>
        {hits.map((hit, i) => (
          <li key={hit.key} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={(e) => { e.preventDefault(); choose(hit); }} onMouseEnter={() => setActive(i)}>
            <span>{hit.name}</span> <small>{hit.detail}</small>
          </li>
        ))}
        {found.data && !found.loading && hits.length === 0 && <li class="nothing" role="option" aria-selected="false" aria-disabled="true">{w().nothing}</li>}
        {(found.data?.total ?? 0) > 8 && <li class="all" role="option" aria-selected="false" onMouseDown={(e) => { e.preventDefault(); setOpen(false); go([], { q: q.trim() }); }}>{w().all(found.data?.total ?? 0)}</li>}
      </ul>
    </div>
  );
}
