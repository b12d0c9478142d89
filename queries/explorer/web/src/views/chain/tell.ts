// What the parts of a chain are called.
import type { ChainAnswer, ChainLink, ChainNode, Interval, Ref } from "../../api/schema";
import { count, share } from "../../ui/numbers";
import { countryName, nameOf } from "../../ui/names";
import { w } from "./words";

export function tierTitle(tier: number): string {
  if (tier === 0) return w().centre;
  return tier < 0 ? w().supplierTier(-tier) : w().customerTier(tier);
}

export function companies(n: number): string {
  return n === 1 ? w().oneCompany : w().companies(count(n));
}

/** How large a tier is, and how much of it is shown. */
export function tierDetail(of: ChainAnswer, tier: number): string {
  const t = of.tiers.find((t) => t.tier === tier);
  if (!t) return "";
  return [companies(t.companies), t.groups > 0 && w().shown(count(t.shown)), t.groups > 0 && w().groups(count(t.groups))].filter(Boolean).join(" · ");
}

/** Where a node stands and where it is from. */
export function about(n: ChainNode): string {
  const where = n.tier === 0 ? "" : n.tier < 0 ? w().supplierOf(-n.tier) : w().customerOf(n.tier);
  const size = n.kind === "group" ? companies(n.companies ?? 0) : "";
  return [size, n.kind === "company" && n.country && countryName(n.country), where].filter(Boolean).join(", ");
}

/** A share in words that stand for themselves. */
export function shareWords(x: Interval): string {
  return x.low <= 0 && x.high >= 1 ? w().shareUnknown : `${w().share} ${share(x)}`;
}

/** The products of a link in words. */
export function productsOf(l: ChainLink): string {
  const names = l.products.map(nameOf);
  const more = l.products_count - names.length;
  if (more > 0) names.push(w().moreProducts(count(more)));
  return names.join(", ") || w().noProduct;
}

export interface RelationOf {
  readonly id: string;
  readonly product?: Ref;
}

/** The relations of a link between two companies, by product: their ids are made of their parts. */
export function relationsOf(l: ChainLink): readonly RelationOf[] {
  const id = (product: string) => ["supplies", l.from, l.to, product].map(escaped).join("~");
  if (l.relation) return [{ id: l.relation, product: l.products[0] }];
  const out: RelationOf[] = l.products.map((product) => ({ id: id(product.id), product }));
  if (l.relations > l.products_count) out.push({ id: id("") });
  return out;
}

/** A part of an id, percent-encoded as the API does it: all but letters, digits, - _ and . */
function escaped(part: string): string {
  return encodeURIComponent(part).replace(/[!~*'()]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}
