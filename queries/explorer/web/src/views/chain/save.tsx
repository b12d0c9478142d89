// The picture and the data behind it, as files.
import type { ChainAnswer } from "../../api/schema";
import type { Colouring } from "../../chart/colours";
import type { Layout } from "../../chart/model";
import { SavePicture } from "../../chart/save";
import { Csv } from "../../ui/export";
import { count, percent } from "../../ui/numbers";
import { countryName, nameOf } from "../../ui/names";
import { dayName } from "./dates";
import { remarks } from "./said";
import { questionOf, type ChainState } from "./state";
import { tierDetail, tierTitle } from "./tell";
import { w } from "./words";

export interface SaveProps {
  readonly data: ChainAnswer;
  readonly state: ChainState;
  readonly colours: Colouring;
  /** The layout that is shown; null for the list. */
  readonly layout: () => Layout | null;
}

export function Save({ data, state, colours, layout }: SaveProps) {
  const name = `chain-${data.company.id.replace(/[^\w.-]+/g, "-")}`;
  const company = nameOf(data.nodes.find((n) => n.tier === 0) ?? data.company);
  const filters = [
    data.as_of === "any" ? w().anyDay : w().asOf(dayName(data.as_of)),
    state.product && `${w().product}: ${state.product}`,
    state.country.length > 0 && `${w().country}: ${state.country.map(countryName).join(", ")}`,
    state.min_confidence > 0 && `${w().confidence} ${percent(state.min_confidence)}`,
    w().companies(count(data.tiers.reduce((s, t) => s + t.companies, 0))),
  ];
  return (
    <div class="saves" role="group" aria-label={w().export}>
      {!state.list && (
        <SavePicture name={name} sheet={() => {
          const now = layout();
          return now && { layout: now, colours, title: w().sheet(company), subtitle: filters.filter(Boolean).join(" · "),
            heading: (tier) => ({ title: tierTitle(tier), detail: tier === 0 ? "" : tierDetail(data, tier) }), notes: remarks(data, state).map((r) => r.text) };
        }} />
      )}
      <Csv path={`/v1/companies/${encodeURIComponent(data.company.id)}/chain`} query={{ ...questionOf(state), open: { each: state.open } }} name={`${name}.csv`} />
    </div>
  );
}
