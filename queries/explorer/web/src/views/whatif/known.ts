// The names of what the address names by ids.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { answer, api } from "../../api/client";
import { nameOf, type Named } from "../../ui/names";

type Kind = "company" | "product";

const found = signal<ReadonlyMap<string, Named>>(new Map());
const asked = new Set<string>();

/** What is known already, so that it need not be asked for. */
export function learn(kind: Kind, who: Named): void {
  if (found.peek().get(kind + who.id)?.name_zh === who.name_zh && found.peek().has(kind + who.id)) return;
  found.value = new Map(found.peek()).set(kind + who.id, who);
}

async function look(kind: Kind, id: string): Promise<void> {
  if (kind === "company") {
    const c = await answer(api.GET("/v1/companies/{id}", { params: { path: { id } } }));
    learn("company", { ...c, id });
    return;
  }
  const list = await answer(api.GET("/v1/products", { params: { query: { q: id, limit: 20 } } }));
  const p = list.items.find((x) => x.id === id) ?? list.items[0];
  if (p) learn("product", { ...p, id });
}

/** Looks names up, once each; those that the graph does not hold keep their ids. */
export function useNames(wanted: readonly { kind: Kind; id: string }[]): (kind: Kind, id: string) => string {
  const key = JSON.stringify(wanted);
  useEffect(() => {
    for (const { kind, id } of wanted) {
      if (asked.has(kind + id) || found.peek().has(kind + id)) continue;
      asked.add(kind + id);
      look(kind, id).catch(() => undefined);
    }
  }, [key]);
  const names = found.value;
  return (kind, id) => {
    const who = names.get(kind + id);
    return who ? nameOf(who) : id;
  };
}
