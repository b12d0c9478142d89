// Who loses something: the table of the affected, each with its reasons.
import { useState } from "preact/hooks";
import type { DisruptionAnswer, DisruptionRow } from "../../api/schema";
import { address, change, link } from "../../app/address";
import { countryName, nameOf } from "../../ui/names";
import { count } from "../../ui/numbers";
import { LossBar } from "./bar";
import { LossPath } from "./path";
import { colon, daysText, known, linesText, reason } from "./tell";
import { w } from "./words";

const first = 12;

export function Rows({ of, focal }: { of: DisruptionAnswer; focal?: string }) {
  const lost = of.items.filter((r) => !r.hit);
  const ordered = focal ? [...lost.filter((r) => r.id === focal), ...lost.filter((r) => r.id !== focal)] : lost;
  const hit = of.items.filter((r) => r.hit);
  return (
    <>
      <h2>{w().affected}</h2>
      {ordered.length === 0 ? <p class="note">{w().none}</p> : <Table rows={ordered} focal={focal} after={of.totals_after !== null} note={w().affectedNote} />}
      {hit.length > 0 && (
        <details class="stopping">
          <summary>{w().stopping} ({count(of.totals.hit)})</summary>
          <ul>{hit.map((r, i) => <li key={i}><a href={link(["company", r.id])}>{nameOf(r)}</a> <small>{[linesText(r.lines), r.country && countryName(r.country)].filter(Boolean).join(" · ")}</small> <LossBar of={r.loss} /></li>)}</ul>
        </details>
      )}
    </>
  );
}

function Table({ rows, focal, after, note }: { rows: readonly DisruptionRow[]; focal?: string; after: boolean; note: string }) {
  const [all, setAll] = useState(false);
  const shown = all || rows.length <= first + 2 ? rows : rows.slice(0, first);
  const opened = address.value.params.get("why");
  return (
    <>
      <p class="facts">{note}</p>
      <table class="cards losses">
        <thead><tr><th scope="col">{w().company_}</th><th scope="col">{after ? w().before : w().loss}</th>{after && <th scope="col">{w().after}</th>}<th scope="col" class="number">{w().tier}</th><th scope="col">{w().felt}</th><th scope="col"><span class="unseen">{w().because}</span></th></tr></thead>
        <tbody>{shown.map((r) => <Row key={keyOf(r)} of={r} focal={r.id === focal} after={after} open={opened === keyOf(r)} />)}</tbody>
      </table>
      {shown.length < rows.length && <p><button type="button" onClick={() => setAll(true)}>{w().showAll(rows.length)}</button></p>}
    </>
  );
}

function keyOf(r: DisruptionRow): string {
  return [r.id, r.lines[0]?.id ?? ""].join("/");
}

function Row({ of, focal, after, open }: { of: DisruptionRow; focal: boolean; after: boolean; open: boolean }) {
  return (
    <>
      <tr class={focal ? "focal" : undefined}>
        <td><a href={link(["company", of.id])}>{nameOf(of)}</a> <small>{[linesText(of.lines), of.country && countryName(of.country)].filter(Boolean).join(" · ")}</small></td>
        <td data-head={after ? w().before : w().loss}><LossBar of={of.loss} /></td>
        {after && <td data-head={w().after}><LossBar of={of.loss_after} /></td>}
        <td class="number" data-head={w().tier}>{of.tier}</td>
        <td data-head={w().felt}>{daysText(of.reached_days)}</td>
        <td><button type="button" class="plain" aria-expanded={open} onClick={() => change({ why: open ? "" : keyOf(of) }, true)}>{w().because}</button></td>
      </tr>
      {open && <tr class="reason"><td colSpan={after ? 6 : 5}><Reason of={of} /></td></tr>}
    </>
  );
}

/** Why: in words, along which chain, and what is not known of it; with the rows of all, also of those on the way. */
export function Reason({ of, all = [] }: { of: DisruptionRow; all?: readonly DisruptionRow[] }) {
  const before = of.path.slice(0, -1).flatMap((hop) => all.find((r) => r.id === hop.to.id && r.binding?.product?.id === hop.product?.id) ?? []);
  return (
    <div class="reason-text">
      <LossPath hops={of.path} />
      {before.length > 0 ? <ul class="reasons">{[...before, of].map((r) => <li key={r.id}><strong>{nameOf(r)}</strong>{colon()}{reason(r)}</li>)}</ul> : <p>{reason(of)}</p>}
      {of.binding && all.length === 0 && <ul class="known">{known(of.binding).map((text) => <li key={text}>{text}</li>)}</ul>}
    </div>
  );
}
