// A table of flows from group to group: the more relations, the darker the cell. A cell opens what is in it.
import type { FlowGroup, FlowsAnswer } from "../../api/schema";
import { address, changed } from "../../app/address";
import { words } from "../../app/settings";
import { count } from "../../ui/numbers";
import { groupKey, groupLink, groupName, others, type By } from "./groups";

const w = words({
  en: {
    label: "Relations from supplier to buyer", corner: "Supplier ↓ Buyer →", all: "all", supplied: "Supplies", bought: "Buys",
    cell: (n: number, from: string, to: string) => `${count(n)} ${n === 1 ? "relation" : "relations"} from ${from} to ${to}`,
  },
  zh: {
    label: "供应商到采购方的关系数", corner: "供应方 ↓ 采购方 →", all: "合计", supplied: "供出合计", bought: "购入合计",
    cell: (n: number, from: string, to: string) => `${from} → ${to}：${count(n)} 条关系`,
  },
});

/** Shades of a cell; the colours are in the style sheet. */
const shades = 6;

export function Matrix({ of, by }: { of: FlowsAnswer; by: By }) {
  const flows = new Map(of.items.map((f) => [JSON.stringify([f.from, f.to]), f.relations]));
  // The others are many countries in one cell: measured by them, all else would be pale.
  const most = Math.max(1, ...of.items.filter((f) => f.from !== others && f.to !== others).map((f) => f.relations));
  const suppliers = of.groups.filter((g) => g.supplied > 0);
  const buyers = of.groups.filter((g) => g.bought > 0);
  const { params } = address.value;
  const chosen = params.has("from") && params.has("to") ? [params.get("from"), params.get("to")] : undefined;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={w().label}>
      <table class={`matrix by-${by}`} aria-label={w().label}>
        <thead>
          <tr>
            <th class="corner">{w().corner}</th>
            {buyers.map((g) => <GroupHead key={g.name} group={g} by={by} scope="col" />)}
            <th scope="col" class="sum">{w().supplied}</th>
          </tr>
        </thead>
        <tbody>
          {suppliers.map((from) => (
            <tr key={from.name}>
              <GroupHead group={from} by={by} scope="row" />
              {buyers.map((to) => {
                const n = flows.get(JSON.stringify([from.name, to.name])) ?? 0;
                if (n === 0) return <td key={to.name} class="none" />;
                const says = w().cell(n, groupName(by, from.name), groupName(by, to.name));
                const is = chosen?.[0] === groupKey(from.name) && chosen[1] === groupKey(to.name);
                return (
                  <td key={to.name} class={`heat-${Math.min(shades, Math.ceil(shades * Math.sqrt(n / most)))}`}>
                    <a href={changed(is ? { from: null, to: null } : { from: groupKey(from.name), to: groupKey(to.name) })} aria-current={is ? "true" : undefined} aria-label={says} title={says}>{count(n)}</a>
                  </td>
                );
              })}
              <td class="sum">{count(from.supplied)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{w().bought}</th>
            {buyers.map((g) => <td key={g.name} class="sum">{count(g.bought)}</td>)}
            <td class="sum">{count(of.coverage.relations)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function GroupHead({ group, by, scope }: { group: FlowGroup; by: By; scope: "col" | "row" }) {
  const to = groupLink(by, group.name);
  const name = groupName(by, group.name);
  return <th scope={scope}>{to ? <a href={to}>{name}</a> : <span class="unstated">{name}</span>}</th>;
}
