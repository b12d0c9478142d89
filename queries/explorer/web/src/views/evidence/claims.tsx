// What each source says of a relation, by the period that it speaks of; earlier periods are folded away.
import type { ClaimRow, RelationAnswer } from "../../api/schema";
import { changed } from "../../app/address";
import { nameOf, type Named } from "../../ui/names";
import { percent } from "../../ui/numbers";
import { term } from "../../ui/terms";
import { claimElement } from "./disputes";
import { phrase, stated } from "./numbers";
import { w } from "./words";

/** So few claims are shown all. */
const few = 4;

interface Period {
  readonly period: string;
  readonly claims: ClaimRow[];
}

function periods(claims: readonly ClaimRow[]): Period[] {
  const out: Period[] = [];
  for (const claim of claims) {
    const last = out[out.length - 1];
    if (last && last.period === (claim.period ?? "")) last.claims.push(claim);
    else out.push({ period: claim.period ?? "", claims: [claim] });
  }
  return out;
}

export function Claims({ of }: { of: RelationAnswer }) {
  const groups = periods(of.claims);
  const open = (i: number) => i === 0 || of.claims.length <= few;
  return (
    <section class="claims">
      {of.parts && of.parts.length > 0 && <Parts of={of} />}
      <h3>{w().claimsTitle} <small>{w().claims(of.claims.length)}</small></h3>
      {groups.map((g, i) => open(i)
        ? <div key={g.period}><h4>{g.period || (groups.length > 1 ? w().undated : "")}</h4><List of={of} claims={g.claims} /></div>
        : <details key={g.period}><summary>{g.period || w().undated} <small>{w().claims(g.claims.length)}{said(of, g)}</small></summary><List of={of} claims={g.claims} /></details>)}
    </section>
  );
}

/** What the claims of a folded period come to: their numbers from the least to the most, and denials. */
function said(of: RelationAnswer, g: Period): string {
  const facts = of.history.find((h) => (h.period ?? "") === g.period);
  const texts = (g.claims[0]?.texts ?? {}) as Record<string, string>;
  const ranges = Object.entries((facts?.numbers ?? {}) as Record<string, { low: number; high: number }>)
    .map(([field, r]) => phrase(of, field, r.low === r.high ? stated(field, r.low, texts) : `${stated(field, r.low, texts)} – ${stated(field, r.high, texts)}`));
  return [...ranges, facts && facts.denials > 0 ? w().denials(facts.denials) : ""].filter(Boolean).map((x) => " · " + x).join("");
}

function List({ of, claims }: { of: RelationAnswer; claims: readonly ClaimRow[] }) {
  return <ol>{claims.map((c) => <Claim key={c.id} of={of} claim={c} />)}</ol>;
}

function Claim({ of, claim: c }: { of: RelationAnswer; claim: ClaimRow }) {
  const texts = c.texts as Record<string, string>;
  const numbers = Object.entries(c.numbers as Record<string, number>);
  const source = c.source;
  const denies = c.stance === "denies";
  return (
    <li id={claimElement(c.id)} tabIndex={-1} class={denies ? "claim denies" : "claim"}>
      {c.quote && <blockquote lang={source?.language || undefined} cite={safe(source?.url)}>{c.quote}</blockquote>}
      {numbers.length > 0 && <p class="said">{numbers.map(([field, value]) => phrase(of, field, stated(field, value, texts))).join(" · ")}</p>}
      <p class="source"><Title claim={c} /></p>
      <p class="facts">{[c.asserted_by && w().by(c.asserted_by), source?.publisher, source?.published && w().published(source.published), languageName(source?.language), !source && w().dataset(c.dataset)].filter(Boolean).join(" · ")}</p>
      {c.locator && <p class="facts"><span class="label">{w().where}:</span> {c.locator}</p>}
      <p class="facts">
        {denies && <strong class="mark bad">{w().denies}</strong>}
        {[c.stage !== "unknown" && term("stage", c.stage), term("basis", c.basis), (c.valid_from || c.valid_to) && w().valid(c.valid_from ?? "", c.valid_to ?? "")].filter(Boolean).join(" · ")}
        {" · "}{w().confidence} {percent(c.confidence)}{!c.confidence_given && <span class="label"> ({w().byBasis(term("basis", c.basis))})</span>}
        {!c.counts && !denies && <> · <span class="label">{w().notCounted}</span></>}
      </p>
      {c.attributes && Object.keys(c.attributes).length > 0 && (
        <details class="facts"><summary>{w().other}</summary><dl>{Object.entries(c.attributes as Record<string, string>).map(([name, text]) => <div key={name}><dt>{name}</dt><dd>{text}</dd></div>)}</dl></details>
      )}
    </li>
  );
}

/** An address of the web; anything else that a file may hold (javascript:, file:) is no link. */
function safe(url: string | undefined): string | undefined {
  return url && /^https?:\/\//i.test(url) ? url : undefined;
}

function Title({ claim }: { claim: ClaimRow }) {
  const source = claim.source;
  if (!source) return <span class="quiet">{w().noSource}</span>;
  const title = source.title || source.url || source.id;
  const href = safe(source.url);
  return href ? <a href={href} target="_blank" rel="noopener noreferrer" lang={source.language || undefined}>{title}</a> : <span lang={source.language || undefined}>{title}</span>;
}

function languageName(tag: string | undefined): string {
  if (!tag) return "";
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // no language tag
  }
}

/** Of a group's relation: those of its members, each with evidence of its own. */
function Parts({ of }: { of: RelationAnswer }) {
  return (
    <>
      <h3>{w().parts}</h3>
      <ul class="parts">{of.parts?.map((p) => <li key={p.id}><a href={changed({ relation: p.id, group: null })}>{nameOf(p.from as Named)} → {nameOf(p.to as Named)}</a></li>)}</ul>
    </>
  );
}
