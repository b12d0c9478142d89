// Who and what a relation is about, how far it has come, and what its claims say beside numbers.
import type { RelationAnswer } from "../../api/schema";
import { link } from "../../app/address";
import { countryName, nameOf, type Named } from "../../ui/names";
import { percent } from "../../ui/numbers";
import { term } from "../../ui/terms";
import { w } from "./words";

/** What the ends of a relation of a kind are. */
export function ends(kind: string): { from: "company" | "product"; to: "company" | "product" } {
  return { from: kind === "input_of" ? "product" : "company", to: kind === "makes" || kind === "input_of" ? "product" : "company" };
}

export function Head({ of }: { of: RelationAnswer }) {
  const kinds = ends(of.kind);
  return (
    <section class="evidence-head">
      <p class="kind">{term("kind", of.kind)}</p>
      <dl class="ends">
        <div><dt>{w().from[of.kind]}</dt><dd><To kind={kinds.from} of={of.from} /></dd></div>
        <div><dt>{w().to[of.kind]}</dt><dd><To kind={kinds.to} of={of.to} /></dd></div>
        {of.kind === "supplies" && <div><dt>{w().product}</dt><dd>{of.product ? <To kind="product" of={of.product} /> : <span class="quiet">{w().noProduct}</span>}</dd></div>}
      </dl>
      {!of.active && <p class="note">{w().inactive}</p>}
      <p class="facts">
        {[of.kind === "supplies" || of.stage !== "unknown" ? term("stage", of.stage) : "", of.basis && term("basis", of.basis), of.sources > 0 && w().sources(of.sources),
          of.last_confirmed && w().confirmed(of.last_confirmed), of.as_of === "any" ? w().anyDay : w().asOf(of.as_of)].filter(Boolean).join(" · ")}
      </p>
      {of.confidence > 0 && (
        <details class="confidence">
          <summary>{w().confidence} <strong>{percent(of.confidence)}</strong> <small>{w().level(of.confidence)}{of.confidence_combined > of.confidence + 0.005 ? " · " + w().combined(percent(of.confidence_combined)) : ""}</small></summary>
          <p>{w().confidenceText}</p>
        </details>
      )}
    </section>
  );
}

function To({ kind, of }: { kind: "company" | "product"; of: Named }) {
  return <a href={link([kind, of.id])}>{nameOf(of)}</a>;
}

/** The texts of the relation, each under its name. */
export function Facts({ of }: { of: RelationAnswer }) {
  const t = of.texts as Record<string, string>;
  const named = (text: string) => {
    const found = (of.named as Record<string, Named>)[text];
    return found ? nameOf(found) : text;
  };
  const rows: [string, string | undefined, string?][] = [
    [w().usedIn, t.used_in && named(t.used_in), t.used_in && (of.named as Record<string, Named>)[t.used_in]?.id],
    [w().origin, t.origin_country && countryName(t.origin_country)],
    [w().country, t.country && countryName(t.country)],
    [w().site, t.site && t.site.split(";").map((s) => named(s.trim())).join(" · ")],
    [w().control, t.control], [w().role, t.role && term("role", t.role)], [w().programme, t.programme?.split(";").join(" · ")],
    [w().essential, t.essential === "true" ? w().essentialYes : undefined],
    [w().completeList, t.complete_list === "true" ? w().completeYes : undefined],
  ];
  const stated = rows.filter(([, text]) => text);
  if (stated.length === 0) return null;
  return <dl class="stated">{stated.map(([name, text, product]) => <div key={name}><dt>{name}</dt><dd>{product ? <a href={link(["product", product])}>{text}</a> : text}</dd></div>)}</dl>;
}
