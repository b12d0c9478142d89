// Parts that the sections share: companies and products as links, chains of relations hop by hop.
import type { Ref } from "../../api/schema";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, type Named } from "../../ui/names";
import { scopeParams } from "../../ui/scope";
import { Evidence } from "../../ui/table";

const w = words({
  en: { anything: "goods not stated", paths: "Paths between the two", whatif: "What if it stops?", and: ", " },
  zh: { anything: "未注明货物", paths: "两者之间的路径", whatif: "若其停供会怎样？", and: "、" },
});

/** A product in the reader's language; that none is stated is said. */
export function productName(product: Named | null | undefined): string {
  return product ? nameOf(product) : w().anything;
}

/** A company as a link to its exposures, with its country. */
export function CompanyCell({ of, country }: { of: Named; country?: string }) {
  return <><a href={link(["company", of.id, "exposure"], scopeParams())}>{nameOf(of)}</a>{country && <> <small class="country">{countryName(country)}</small></>}</>;
}

export function CompanyList({ of }: { of: readonly Named[] }) {
  return <>{of.map((c, i) => <span key={c.id}>{i > 0 && w().and}<CompanyCell of={c} /></span>)}</>;
}

export function names(of: readonly Named[]): string {
  return of.map(nameOf).join(w().and);
}

export interface Hop {
  readonly from: Named;
  readonly to: Named;
  readonly product: Named | null;
  readonly relation: string;
}

/** A chain in the direction of the goods; each hop opens what it rests on. */
export function Chain({ hops }: { hops: readonly Hop[] }) {
  if (hops.length === 0) return null;
  return (
    <ol class="hops">
      {hops.map((hop, i) => (
        <li key={i}>
          {i === 0 && <span class="end">{nameOf(hop.from)}</span>}
          <span class="hop"><Evidence relation={hop.relation}>{productName(hop.product)}</Evidence></span>
          <span class="end">{nameOf(hop.to)}</span>
        </li>
      ))}
    </ol>
  );
}

/** The ways on from a company that this one hangs on. */
export function Ways({ from, to, kind = "company" }: { from: string; to: string; kind?: string }) {
  return (
    <p class="ways">
      <a class="button" href={link(["company", to, "whatif"], { ...scopeParams(), stop: `${kind}:${from}` })}>{w().whatif}</a>
      {kind === "company" && <a class="button" href={link(["paths"], { ...scopeParams(), from, to })}>{w().paths}</a>}
    </p>
  );
}

/** A country as answers name it where they name companies too. */
export function asCountry(of: Ref): Named {
  return { id: of.id, name: countryName(of.id) };
}
