// One way: companies from the top down, and between two what goes from one to the next. Each opens its evidence.
import type { HopRelation, PathHop, PathRow, PathsAnswer } from "../../api/schema";
import { changed, link } from "../../app/address";
import { countryName, nameOf, type Named } from "../../ui/names";
import { percent, ShareBar } from "../../ui/numbers";
import { scopeParams } from "../../ui/scope";
import { term } from "../../ui/terms";
import { w } from "./words";

export function entityName(data: PathsAnswer, of: "companies" | "products", id: string): string {
  const found = (data.entities[of] as Record<string, Omit<Named, "id">>)[id];
  return found ? nameOf({ id, ...found }) : id;
}

export function Way({ data, path, number }: { data: PathsAnswer; path: PathRow; number: number }) {
  return (
    <article class="way panel" aria-label={w().way(number)}>
      <header>
        <h3>{w().way(number)} <small>{w().hops(path.length)}</small></h3>
        <p class="facts">{w().independent(percent(path.if_independent))}</p>
      </header>
      <ol>
        <li><Company data={data} id={path.companies[0]!} /></li>
        {path.hops.map((hop, i) => (
          <li key={hop.to}>
            <Hop data={data} hop={hop} weakest={path.weakest.hop === i && path.hops.length > 1} />
            <Company data={data} id={hop.to} />
            {hop.link && <p class={"link " + hop.link}>{w().link[hop.link]}{hop.link_by && <small> ({w().linkBy[hop.link_by]})</small>}</p>}
          </li>
        ))}
      </ol>
    </article>
  );
}

function Company({ data, id }: { data: PathsAnswer; id: string }) {
  const country = (data.entities.companies as Record<string, { country?: string }>)[id]?.country;
  return <a class="stop" href={link(["company", id], scopeParams())}>{entityName(data, "companies", id)}{country && <small>{countryName(country)}</small>}</a>;
}

const first = 2;

function Hop({ data, hop, weakest }: { data: PathsAnswer; hop: PathHop; weakest: boolean }) {
  const sorted = [...hop.relations].sort((a, b) => b.confidence - a.confidence);
  const rest = sorted.slice(first);
  const show = (r: HopRelation) => <Relation key={r.relation} data={data} hop={hop} of={r} />;
  return (
    <div class={weakest ? "hop weakest" : "hop"}>
      {weakest && <strong class="mark">{w().weakest}</strong>}
      <ul>{sorted.slice(0, first).map(show)}</ul>
      {rest.length > 0 && <details><summary>{w().more(rest.length)}</summary><ul>{rest.map(show)}</ul></details>}
    </div>
  );
}

function Relation({ data, hop, of }: { data: PathsAnswer; hop: PathHop; of: HopRelation }) {
  const to = entityName(data, "companies", hop.to);
  const known = of.share && (of.share.low > 0 || of.share.high < 1);
  return (
    <li>
      <a href={changed({ relation: of.relation })}>{of.kind === "owns" ? w().owns : of.product ? entityName(data, "products", of.product) : w().noProduct}</a>
      {known && <span class="hop-share"><ShareBar value={of.share} /> <small>{(of.kind === "owns" ? w().owned : w().intake)(to)}</small></span>}
      <small>{[w().sure(percent(of.confidence)), of.stage !== "unknown" && term("stage", of.stage), term("basis", of.basis), of.denials && w().denied(of.denials)].filter(Boolean).join(" · ")}</small>
    </li>
  );
}
