// Countries to narrow the picture to: found by name or code, those that it shows first.
import type { ChainNode } from "../../api/schema";
import { change } from "../../app/address";
import { language } from "../../app/settings";
import { countryName } from "../../ui/names";
import { Picker } from "../../ui/picker";
import { w } from "./words";

// Codes that Intl names and that stand for no country any more, or for none at all.
const retired = new Set(["AN", "BU", "CS", "DD", "DY", "EU", "EZ", "FX", "HV", "NH", "NT", "QO", "RH", "SU", "TP", "UK", "UN", "VD", "XA", "XB", "YD", "YU", "ZR", "ZZ"]);

function allCountries(): string[] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  return letters.flatMap((a) => letters.map((b) => a + b)).filter((c) => !retired.has(c) && countryName(c) !== c);
}

export function CountryPicker({ value, nodes }: { value: readonly string[]; nodes: readonly ChainNode[] }) {
  const find = (q: string) => {
    if (!q) return [];
    const here = new Set(nodes.map((n) => n.country ?? n.key));
    const typed = q.toLocaleLowerCase(language.value);
    const place = (c: string) => (countryName(c).toLocaleLowerCase(language.value).startsWith(typed) || c.toLowerCase() === typed ? 0 : 2) + (here.has(c) ? 0 : 1);
    return allCountries()
      .filter((c) => !value.includes(c) && (c.toLowerCase() === typed || countryName(c).toLocaleLowerCase(language.value).includes(typed)))
      .sort((a, b) => place(a) - place(b))
      .slice(0, 10)
      .map((c) => ({ id: c, text: countryName(c) }));
  };
  return <Picker label={w().country} placeholder={value.length > 0 ? w().anotherCountry : w().anyCountry} chosen="" find={find} onTake={(c) => c && change({ country: [...value, c], open: [] })} />;
}
