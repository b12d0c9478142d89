// Choosing what stops, how far, and what is supposed where nobody states it.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import type { Target } from "../../api/schema";
import { useAnswer } from "../../api/use";
import { change } from "../../app/address";
import { nameOf } from "../../ui/names";
import { useNames } from "./known";
import { Picker } from "./picker";
import { caseParams, type Case } from "./scenario";
import type { By } from "./stops";
import { targetName } from "./tell";
import { w } from "./words";

export function put(c: Case): void {
  change(caseParams(c));
}

/** The companies and products that a case names. */
export function namesOf(c: Case): { kind: "company" | "product"; id: string }[] {
  const out: { kind: "company" | "product"; id: string }[] = [];
  for (const t of c.stops) {
    if (t.company) out.push({ kind: "company", id: t.company });
    if (t.product) out.push({ kind: "product", id: t.product });
  }
  for (const s of c.seconds) {
    if (s.from) out.push({ kind: "company", id: s.from });
    out.push({ kind: "company", id: s.to }, { kind: "product", id: s.product });
  }
  return out;
}

export function Choose({ of }: { of: Case }) {
  const set = (i: number, t: Target | undefined) => put({ ...of, stops: t ? of.stops.map((was, j) => (j === i ? t : was)) : of.stops.filter((_, j) => j !== i) });
  return (
    <section class="whatif-choose panel" aria-labelledby="whatif-what">
      <h2 id="whatif-what">{w().what}</h2>
      {of.stops.length > 0 && <ul class="stops">{of.stops.map((t, i) => <Stop key={i + JSON.stringify(t)} of={t} onChange={(to) => set(i, to)} />)}</ul>}
      <Picker onPick={(t) => put({ ...of, stops: [...of.stops, t] })} />
      <Suppose of={of} />
    </section>
  );
}

function Stop({ of, onChange }: { of: Target; onChange: (t: Target | undefined) => void }) {
  const name = useNames(namesOf({ stops: [of], seconds: [] } as unknown as Case));
  const [left, setLeft] = useState(String(Math.round((of.capacity ?? 0) * 1000) / 10));
  const what = targetName({ ...of, by: undefined }, name);
  const kind = of.company ? w().company : of.product ? w().product : of.country ? w().country : of.region ? w().region : of.near ? w().near : w().relation;
  const level = (text: string) => {
    const x = Math.min(100, Math.max(0, Number(text) || 0)) / 100;
    const { capacity: _, ...rest } = of;
    onChange(x > 0 ? { ...rest, capacity: x } : rest);
  };
  return (
    <li class="stop">
      <span class="stop-name"><strong>{what}</strong> <small>{kind}</small></span>
      {of.company && <OfCompany of={of} onChange={onChange} />}
      {of.country && (
        <label>{w().by} <select value={of.by ?? "headquarters"} onChange={(e) => { const by = e.currentTarget.value as By; const { by: _, ...rest } = of; onChange(by === "headquarters" ? rest : { ...rest, by }); }}>
          {(["headquarters", "origin", "making", "site"] as const).map((by) => <option key={by} value={by}>{w()[`by_${by}`]}</option>)}
        </select></label>
      )}
      <label title={w().leftHelp}>{w().left} <input class="level" type="number" min="0" max="100" step="5" value={left} onInput={(e) => setLeft(e.currentTarget.value)} onChange={(e) => level(e.currentTarget.value)} />%{!of.capacity && <small> {w().stopsWord}</small>}</label>
      <button type="button" class="plain" aria-label={w().remove(what)} title={w().remove(what)} onClick={() => onChange(undefined)}>✕</button>
    </li>
  );
}

/** Which products of a company stop: all, or one of those that it supplies or makes. */
function OfCompany({ of, onChange }: { of: Target; onChange: (t: Target) => void }) {
  const id = of.company ?? "";
  const asked = useAnswer("company " + id, (signal) => answer(api.GET("/v1/companies/{id}", { params: { path: { id } }, signal })));
  const products = new Map([...(asked.data?.supplies ?? []), ...(asked.data?.makes ?? [])].flatMap((x) => (x.product ? [[x.product.id, x.product] as const] : [])));
  if (products.size === 0) return null;
  const { product, ...rest } = of;
  return (
    <label>{w().only} <select value={product ?? ""} onChange={(e) => onChange(e.currentTarget.value ? { ...rest, product: e.currentTarget.value } : rest)}>
      <option value="">{w().all}</option>
      {product && !products.has(product) && <option value={product}>{product}</option>}
      {[...products.values()].map((p) => <option key={p.id} value={p.id}>{nameOf(p)}</option>)}
    </select></label>
  );
}

/** The switches of what nobody states. */
function Suppose({ of }: { of: Case }) {
  const assume = (what: "complete" | "essential", on: boolean) => put({ ...of, assume: on ? [...of.assume, what] : of.assume.filter((a) => a !== what) });
  const many = of.assume.length + (of.undocumented === "worst" ? 1 : 0) + (of.productLevel === "both" ? 0 : 1);
  return (
    <details class="suppose" open={many > 0}>
      <summary>{w().assume}{many > 0 && ` (${many})`}</summary>
      <p class="facts">{w().assumeHelp}</p>
      <div class="switches">
        <label><input type="checkbox" checked={of.assume.includes("complete")} onChange={(e) => assume("complete", e.currentTarget.checked)} /> {w().complete}</label>
        <label><input type="checkbox" checked={of.assume.includes("essential")} onChange={(e) => assume("essential", e.currentTarget.checked)} /> {w().essential}</label>
        <label><input type="checkbox" checked={of.undocumented === "worst"} onChange={(e) => put({ ...of, undocumented: e.currentTarget.checked ? "worst" : "unaffected" })} /> {w().worst}</label>
        <label>{w().level} <select value={of.productLevel} onChange={(e) => put({ ...of, productLevel: e.currentTarget.value as Case["productLevel"] })}>
          {(["both", "exact", "merged"] as const).map((l) => <option key={l} value={l}>{w()[`level_${l}`]}</option>)}
        </select></label>
      </div>
    </details>
  );
}
