// What depends on whom, for a company: ranked exposures and what is behind each number, section by section.
import { changed } from "../../app/address";
import { Csv, Download } from "../../ui/export";
import { scope, ScopeFilters } from "../../ui/scope";
import type { TabProps } from "../company";
import { changeDays, Changes } from "./changes";
import { Chokepoints } from "./chokepoints";
import { Common } from "./common";
import { Concentration } from "./concentration";
import { Exposures, overWanted } from "./exposures";
import { Gaps } from "./gaps";
import { Sanctions, sanctionsRule } from "./sanctions";
import { Section } from "./section";
import { w } from "./words";
import "./exposure.css";

const sections = ["exposures", "chokepoints", "concentration", "common", "sanctions", "changes", "gaps"] as const;

export function ExposureView({ id }: TabProps) {
  const at = (question: string) => `/v1/companies/${encodeURIComponent(id)}/${question}`;
  const counts = scope();
  const head = (section: (typeof sections)[number]) => ({ id: section, title: w().title[section], about: w().about[section] });
  return (
    <div class="exposure">
      <aside>
        <nav aria-label={w().sections}>
          {sections.map((s) => <a key={s} href={changed({ section: s })}>{w().title[s]}</a>)}
        </nav>
        <Download path={at("report")} query={{ ...counts, format: "html" }} name={`${id}-report.html`} title={w().reportHint}>{w().report}</Download>
      </aside>
      <div class="sections">
        <form class="filters" aria-label={w().filters} onSubmit={(e) => e.preventDefault()}><ScopeFilters /></form>
        <Section {...head("exposures")} aside={<Csv path={at("exposure")} query={{ ...counts, over: overWanted(), limit: 1000 }} name={`${id}-exposure.csv`} />}>{() => <Exposures id={id} />}</Section>
        <Section {...head("chokepoints")} aside={<Csv path={at("chokepoints")} query={{ ...counts, limit: 1000 }} name={`${id}-chokepoints.csv`} />}>{() => <Chokepoints id={id} />}</Section>
        <Section {...head("concentration")} aside={<Csv path={at("concentration")} query={{ ...counts, limit: 1000 }} name={`${id}-concentration.csv`} />}>{() => <Concentration id={id} />}</Section>
        <Section {...head("common")} aside={<Csv path={at("common-suppliers")} query={{ ...counts, limit: 1000 }} name={`${id}-common-suppliers.csv`} />}>{() => <Common id={id} />}</Section>
        <Section {...head("sanctions")} aside={<Csv path={at("sanctions-exposure")} query={{ ...counts, rule: sanctionsRule(), limit: 1000 }} name={`${id}-sanctions.csv`} />}>{() => <Sanctions id={id} />}</Section>
        <Section {...head("changes")} aside={<Csv path={at("changes")} query={{ min_confidence: counts.min_confidence, ...changeDays(), limit: 1000 }} name={`${id}-changes.csv`} />}>{() => <Changes id={id} />}</Section>
        <Section {...head("gaps")} aside={<><Download path={at("questionnaire")} query={{ ...counts, format: "csv" }} name={`${id}-questionnaire.csv`} title={w().questionnaireHint}>{w().questionnaire}</Download><Csv path={at("gaps")} query={{ ...counts, limit: 1000 }} name={`${id}-gaps.csv`} /></>}>{() => <Gaps id={id} />}</Section>
      </div>
    </div>
  );
}
