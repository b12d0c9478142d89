// Countries and sectors as the API groups companies: by name, with one group for the others and one for the unknown.
import { link } from "../../app/address";
import { countryName } from "../../ui/names";
import { w } from "./words";

export type By = "country" | "sector";

/** The name under which the API counts the groups beyond the largest. */
export const others = "*";

export function groupName(by: By, name: string): string {
  if (name === "") return w().unknown;
  if (name === others) return w().others;
  return by === "country" ? countryName(name) : name;
}

/** Where the companies of a group are listed; nothing for those that no filter names. */
export function groupLink(by: By, name: string): string | undefined {
  return name === "" || name === others ? undefined : link([], { [by]: name });
}

/** A group as the address and the API name it: what is not stated, too, needs a name there. */
export function groupKey(name: string): string {
  return name || "-";
}

export function groupOfKey(key: string): string {
  return key === "-" ? "" : key;
}
