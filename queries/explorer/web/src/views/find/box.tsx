// The search box: companies, products, countries and sectors as one types, chosen with the arrow keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { go, type Params } from "../../app/address";
import { words } from "../../app/settings";
import { Combobox, NoChoice, type Choice } from "../../ui/combobox";
import { countryName, nameOf, otherName } from "../../ui/names";
import { useGroups, type GroupHit } from "./groups";

const w = words({
  en: { label: "Find a company, a product, a country or a sector", hint: "Company, product, country, LEI, ticker…", product: "product", nothing: "Nothing found", all: (n: number) => `All ${n} companies found` },
  zh: { label: "查找公司、产品、国家/地区或行业", hint: "公司、产品、国家/地区、LEI、股票代码…", product: "产品", nothing: "未找到", all: (n: number) => `查看全部 ${n} 家公司` },
});

interface Hit extends Choice {
  readonly to: readonly string[];
  readonly params?: Params;
}

const mostCompanies = 8;

/** Companies and products that the words may mean. */
async function search(q: string, signal: AbortSignal) {
  const [companies, products] = await Promise.all([
    answer(api.GET("/v1/companies", { params: { query: { q, limit: mostCompanies } }, signal })),
    answer(api.GET("/v1/products", { params: { query: { q, limit: 3 } }, signal })),
  ]);
  return { total: companies.total ?? companies.items.length, companies: companies.items, products: products.items };
}

/** What was found, named in the language that is read now. */
function hitsOf({ companies, products }: Awaited<ReturnType<typeof search>>): Hit[] {
  return [
    ...companies.map((c) => ({ key: "c" + c.id, to: ["company", c.id], text: nameOf(c), detail: [otherName(c), c.country && countryName(c.country)].filter(Boolean).join(" · ") })),
    ...products.map((p) => ({ key: "p" + p.id, to: ["product", p.id], text: nameOf(p), detail: w().product })),
  ];
}

/** The companies of a country or sector. */
function groupHit(g: GroupHit): Hit {
  return { key: g.by + g.group, to: [], params: { [g.by]: g.group }, text: g.name, detail: g.detail };
}

export function SearchBox() {
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  const [entered, setEntered] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const wanted = q.trim();
  const found = useAnswer(wanted && "search " + wanted, (signal) => search(wanted, signal));
  const groups = useGroups(wanted);
  // What is called just as was typed comes first, other groups after the companies and products.
  const hits = found.data ? [...groups.filter((g) => g.exact).map(groupHit), ...hitsOf(found.data), ...groups.filter((g) => !g.exact).map(groupHit)] : [];
  const choose = ({ to, params }: Hit) => {
    setOpen(false);
    setQ("");
    input.current?.blur();
    go(to, params);
  };
  const list = () => {
    setOpen(false);
    go([], { q: wanted });
  };
  const take = (hit: Hit | undefined) => {
    if (hit) choose(hit);
    else if (wanted) list();
  };
  // Enter before the answer is there takes the first of what comes.
  useEffect(() => {
    if (found.loading || entered === "" || entered !== q) return;
    setEntered("");
    take(hits[0]);
  }, [found.loading, entered, q]);
  const total = found.data?.total ?? 0;
  return (
    <div class="search" role="search">
      <Combobox input={input} label={w().label} placeholder={w().hint} value={q} open={open && wanted !== ""} choices={hits}
        after={
          <>
            {found.data && !found.loading && hits.length === 0 && <NoChoice>{w().nothing}</NoChoice>}
            {total > mostCompanies && <li class="all" role="option" aria-selected="false" onMouseDown={(e) => { e.preventDefault(); list(); }}>{w().all(total)}</li>}
          </>
        }
        onType={(text) => { setQ(text); setOpen(true); }} onTake={(i) => take(hits[i])} onEnter={(i) => (found.loading ? setEntered(q) : take(hits[i]))}
        onEscape={() => setOpen(false)} onOpen={() => setOpen(true)} onBlur={() => setOpen(false)} />
    </div>
  );
}
