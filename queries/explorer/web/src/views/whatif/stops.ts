// What stops, as it stands in the address: "company:vertiv", "product:liquid-cooling", "company:vertiv,product:cdu@40"
// (lowered to 40%), "country:TW,by:origin". A value may hold commas and colons: only the known names before a colon part it.
import type { Target } from "../../api/schema";

export type By = NonNullable<Target["by"]>;

const names = ["company", "product", "country", "by", "region", "near", "relation", "days"] as const;
const part = new RegExp(`,(?=(?:${names.join("|")}):)`);

export function parseStop(text: string): Target {
  const [, what = text, left] = /^(.*)@(\d+(?:\.\d+)?)$/s.exec(text) ?? [];
  const target: Target = {};
  for (const piece of what.split(part)) {
    const [name, value] = piece.split(/:(.*)/s);
    if (!value) continue;
    if (name === "days") target.recovery_days = Number(value);
    else if (name === "by") target.by = value as By;
    else if (names.some((n) => n === name)) target[name as "company" | "product" | "country" | "region" | "near" | "relation"] = value;
  }
  if (left && Number(left) > 0) target.capacity = Math.min(1, Number(left) / 100);
  return target;
}

export function formatStop(target: Target): string {
  const pieces: string[] = [];
  for (const name of ["company", "product", "country", "by", "region", "near", "relation"] as const) if (target[name]) pieces.push(`${name}:${target[name]}`);
  if (target.recovery_days) pieces.push(`days:${target.recovery_days}`);
  const text = pieces.join(",");
  if (target.capacity) return `${text}@${Math.round(target.capacity * 1e4) / 100}`;
  return /@\d+(\.\d+)?$/.test(text) ? text + "@0" : text;
}

/** A second source that takes over a part of a buyer's intake of a product. Without from it is one that no source names. */
export interface Second {
  readonly from: string;
  readonly product: string;
  readonly to: string;
  readonly takes: number;
}

const hide = (text: string) => text.replaceAll("%", "%25").replaceAll("~", "%7E");

export function parseSecond(text: string): Second | undefined {
  const [from = "", product = "", to = "", takes] = text.split("~").map((p) => p.replaceAll("%7E", "~").replaceAll("%25", "%"));
  return product && to ? { from, product, to, takes: Math.min(1, Math.max(0, Number(takes) || 0.3)) } : undefined;
}

export function formatSecond(s: Second): string {
  return [hide(s.from), hide(s.product), hide(s.to), s.takes].join("~");
}
