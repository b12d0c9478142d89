// A company: who it is, and the views of what depends on it and it on others, as tabs.
import type { ComponentType } from "preact";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, otherName } from "../../ui/names";
import { scopeParams } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { ChainView } from "../chain";
import { ExposureView } from "../exposure";
import { WhatIfTab } from "../whatif";
import "./company.css";

const w = words({
  en: { chain: "Chain", exposure: "Exposure", whatif: "What if", views: "Views of the company" },
  zh: { chain: "供应链", exposure: "敞口", whatif: "假设情景", views: "公司视图" },
});

/** What a tab gets: the company that the address names, by its id in the graph. */
export interface TabProps {
  readonly id: string;
}

const tabs: Record<"chain" | "exposure" | "whatif", ComponentType<TabProps>> = {
  chain: ChainView,
  exposure: ExposureView,
  whatif: WhatIfTab,
};

export function CompanyView() {
  const [, wanted = "", tab = "chain"] = address.value.path;
  const asked = useAnswer("company " + wanted, (signal) => answer(api.GET("/v1/companies/{id}", { params: { path: { id: wanted } }, signal })));
  const name = Object.hasOwn(tabs, tab) ? (tab as keyof typeof tabs) : "chain";
  const Tab = tabs[name];
  return (
    <Answered asked={asked}>
      {(company) => (
        <article class="company">
          <header>
            <h1>{nameOf(company)} {otherName(company) && <small>{otherName(company)}</small>}</h1>
            <p class="facts">{[company.country && countryName(company.country), company.sector, ...(company.identifiers ?? [])].filter(Boolean).join(" · ")}</p>
            <nav class="tabs" aria-label={w().views}>
              {(Object.keys(tabs) as (keyof typeof tabs)[]).map((t) => <a key={t} href={link(["company", wanted, t], scopeParams())} aria-current={t === name ? "page" : undefined}>{w()[t]}</a>)}
            </nav>
          </header>
          <Tab id={company.id} />
        </article>
      )}
    </Answered>
  );
}
