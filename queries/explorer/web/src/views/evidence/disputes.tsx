// Where sources differ: values side by side with who states each, and who denies the relation.
import type { ClaimRow, RelationAnswer } from "../../api/schema";
import { measured, stated } from "./numbers";
import { w } from "./words";

/** The element of a claim, for links from what it is named by. */
export function claimElement(id: string): string {
  return "claim-" + id.replace(/[^A-Za-z0-9]/g, (c) => "_" + c.charCodeAt(0).toString(16));
}

/** Who says what a claim says: inside the source, or the source. */
export function speaker(claim: ClaimRow): string {
  return [claim.asserted_by, claim.source?.publisher].filter(Boolean).filter((x, i, all) => all.indexOf(x) === i).join(", ") || claim.source?.title || claim.dataset;
}

export function Disputes({ of }: { of: RelationAnswer }) {
  const byID = new Map(of.claims.map((c) => [c.id, c]));
  const names = (ids: readonly string[]) => ids.map((id) => byID.get(id)).filter((c): c is ClaimRow => c !== undefined);
  if (of.disputes.length === 0 && of.denials.length === 0) return null;
  return (
    <section class="disputes">
      <h3>{w().disputes}</h3>
      {of.denials.length > 0 && (
        <>
          <p>{w().denials(of.denials.length)}</p>
          <List claims={names(of.denials)} />
        </>
      )}
      {of.disputes.map((d) => (
        <table key={d.field + (d.period ?? "")}>
          <caption>{w().disputeOf(measured(of, d.field), d.period ?? "")}</caption>
          <thead><tr><th class="number">{w().valueSays}</th><th>{w().whoSays}</th></tr></thead>
          <tbody>
            {d.values.map((value) => {
              const claims = names(value.claims);
              return (
                <tr key={value.value}>
                  <td class="number">{stated(d.field, value.value, (claims[0]?.texts ?? {}) as Record<string, string>)}</td>
                  <td><List claims={claims} /></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      ))}
    </section>
  );
}

function List({ claims }: { claims: readonly ClaimRow[] }) {
  return <ul>{claims.map((c) => <li key={c.id}><Goto claim={c} /></li>)}</ul>;
}

/** Brings a claim of the panel into sight: not a link, as the address is that of the view. */
function Goto({ claim }: { claim: ClaimRow }) {
  const show = () => {
    const at = document.getElementById(claimElement(claim.id));
    const folded = at?.closest("details");
    if (folded) folded.open = true;
    at?.focus();
    at?.scrollIntoView({ block: "nearest" });
  };
  return <button type="button" class="plain" onClick={show}>{speaker(claim)}</button>;
}
