// A product: what it is, who makes it, who supplies it to whom, and what it goes into.
import type { ProductAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, changed, link } from "../../app/address";
import { Basis } from "../../ui/complete";
import { nameOf, otherName, type Named } from "../../ui/names";
import { count } from "../../ui/numbers";
import { scope, ScopeFilters, scopeKey, scopeParams } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Makers } from "./makers";
import { Supplies } from "./supplies";
import { w } from "./words";
import "./product.css";

const most = 1000;

export function ProductView() {
  const wanted = address.value.path[1] ?? "";
  const asked = useAnswer(wanted && `product ${wanted} ${scopeKey()}`, (signal) => answer(api.GET("/v1/products/{id}", { params: { path: { id: wanted }, query: { ...scope(), limit: most } }, signal })));
  return (
    <Answered asked={asked}>
      {(product) => (
        <article class="product" key={product.id}>
          <header>
            <h1>{nameOf(product)} {otherName(product) && <small>{otherName(product)}</small>}</h1>
            <Facts of={product} />
            <div class="product-bar">
              <a class="button" href={link(["whatif"], { ...scopeParams(), stop: `product:${product.id}` })}>{w().whatif}</a>
              <div class="product-scope"><ScopeFilters /></div>
            </div>
          </header>
          <Makers of={product} />
          <Supplies of={product} />
          <div class="product-inputs">
            <Inputs title={w().madeOf} none={w().nothingIn} of={product.made_of} />
            <Inputs title={w().goesInto} none={w().nothingOut} of={product.goes_into} />
          </div>
          <Basis of={product} />
        </article>
      )}
    </Answered>
  );
}

/** A product as a link to its page. */
export function ProductLink({ of }: { of: Named }) {
  return <a href={link(["product", of.id], scopeParams())}>{nameOf(of)}</a>;
}

function Facts({ of }: { of: ProductAnswer }) {
  const list = (items: readonly Named[], between: string) => items.map((p, i) => <span key={p.id}>{i > 0 && between}<ProductLink of={p} /></span>);
  const names = of.aliases.filter((alias) => alias !== of.name && alias !== of.name_zh);
  return (
    <>
      <dl class="product-facts">
        {of.kind_of.length > 0 && <div><dt>{w().kindOf}</dt><dd>{list(of.kind_of, " › ")}</dd></div>}
        {of.kinds.total > 0 && <div><dt>{w().kinds}</dt><dd>{list(of.kinds.items, w().and)}</dd></div>}
        {names.length > 0 && <div><dt>{w().aliases}</dt><dd>{names.join(w().and)}</dd></div>}
        {of.code && <div><dt>{w().code}</dt><dd>{of.code}</dd></div>}
      </dl>
      {of.provisional && <p class="facts">{w().provisional}</p>}
    </>
  );
}

function Inputs({ title, none, of }: { title: string; none: string; of: ProductAnswer["made_of"] }) {
  return (
    <section>
      <h2>{title}</h2>
      {of.total === 0 ? <p class="facts">{none}</p> : (
        <ul>
          {of.items.map((x) => <li key={x.relation}><ProductLink of={x.product} /> <a class="evidence-link" href={changed({ relation: x.relation })}>{w().evidence}</a></li>)}
          {of.total > of.items.length && <li>{w().more(count(of.total - of.items.length))}</li>}
        </ul>
      )}
    </section>
  );
}
