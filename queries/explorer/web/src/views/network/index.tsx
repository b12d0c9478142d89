// The whole network: what flows between countries and sectors, on whom most hangs, and how well it is documented.
import type { ComponentType } from "preact";
import type { StatsAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, link } from "../../app/address";
import { scope, scopeKey, scopeParams, ScopeFilters } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Coverage } from "./coverage";
import { Flows } from "./flows";
import { Risk } from "./risk";
import { w } from "./words";
import "./network.css";

export interface FaceProps {
  readonly stats: StatsAnswer;
}

const faces: Record<"flows" | "risk" | "coverage", ComponentType<FaceProps>> = { flows: Flows, risk: Risk, coverage: Coverage };

export function NetworkView() {
  const named = address.value.path[1] ?? "";
  const face = named in faces ? (named as keyof typeof faces) : "flows";
  const Face = faces[face];
  const stats = useAnswer("stats " + scopeKey(), (signal) => answer(api.GET("/v1/stats", { params: { query: scope() }, signal })));
  return (
    <article class="network">
      <header>
        <h1>{w().title}</h1>
        <Answered asked={stats}>
          {(s) => <p class="facts">{w().summary(s.companies.count, s.relations.find((r) => r.kind === "supplies")?.active ?? 0, s.products.count, s.sources)}</p>}
        </Answered>
        <div class="network-bar">
          <nav class="tabs" aria-label={w().tabs}>
            {(Object.keys(faces) as (keyof typeof faces)[]).map((f) => (
              <a key={f} href={link(f === "flows" ? ["network"] : ["network", f], scopeParams())} aria-current={f === face ? "page" : undefined}>{w()[f]}</a>
            ))}
          </nav>
          <div class="network-scope"><ScopeFilters /></div>
        </div>
      </header>
      {stats.data && <Face stats={stats.data} />}
    </article>
  );
}
