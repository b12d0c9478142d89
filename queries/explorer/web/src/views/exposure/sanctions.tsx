// Sanctions: who upstream is listed by an authority, or blocked because of who owns it; no finding is a clearance.
import type { ListingRow, OwnershipHop, PathRow, SanctionsAnswer, SanctionsRow } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, change, changed } from "../../app/address";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { nameOf, type Named } from "../../ui/names";
import { count, percent, share, ShareBar } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Evidence, Table, type Column } from "../../ui/table";
import { Chain, CompanyCell, CompanyList, Ways } from "./parts";

const w = words({
  en: {
    title: "Sanctions", rule: "Rule", rules: { ofac: "US – OFAC, 50 Percent Rule", bis: "US – BIS, Affiliates Rule", eu: "EU", uk: "UK" },
    text: (authorities: string, together: boolean, enough: string) => `Counted are listings by ${authorities}. A company is blocked when ${together ? "listed and blocked owners together hold" : "one listed or blocked owner alone holds"} ${enough} of it directly.`,
    enough: (x: string, inclusive: boolean) => (inclusive ? `${x} or more` : `more than ${x}`), unknownAuthority: "an authority that this network does not know", suspended: (from: string, until: string) => `What it says of owners is suspended from ${from} until ${until}.`,
    none: "No listing is documented under this rule, so that nothing can be found: that is not a clearance. Import listings of its authorities, or try another rule:",
    clear: (n: number) => `None of ${count(n)} companies (this one and everything documented upstream) is documented as listed, nor as held by listed ones: that is not a clearance.`,
    found: (n: number) => `Of ${count(n)} companies, this one and everything documented upstream:`, status: { listed: "Listed", blocked: "Blocked through owners", possibly_blocked: "Possibly blocked", held: "Held in part" },
    company: "Company", state: "Status", tier: "Tier", itself: "itself", held: "Held by listed or blocked", interest: (x: string) => `Economic interest of listed ones: ${x}.`, through: "Reaches the company through", details: "Why",
    listings: "Listings", listed: (a: string, c: string) => `${a} lists ${c}`, programmes: (p: string) => `under ${p}`, since: (d: string) => `since ${d}`, denials: (n: number) => (n === 1 ? "one source denies it" : `${count(n)} sources deny it`), notCount: "does not count here", alone: "of this company alone: what it owns is not blocked",
    ownership: "By which ownership it follows", owns: "owns", controls: { subsidiary: "subsidiary", majority: "majority", board: "board" } as Record<string, string>, control: (x: string) => `control (${x})`, unknownShare: "a share that nobody states", paths: "Supply chain to the company",
  },
  zh: {
    title: "制裁", rule: "规则", rules: { ofac: "美国 OFAC（50% 规则）", bis: "美国 BIS（关联方规则）", eu: "欧盟", uk: "英国" },
    text: (authorities: string, together: boolean, enough: string) => `计入${authorities}的列名。若${together ? "被列名及受限的股东合计" : "单一被列名或受限的股东"}直接持有一家公司${enough}的股权，该公司即受限。`,
    enough: (x: string, inclusive: boolean) => (inclusive ? `${x} 及以上` : `超过 ${x}`), unknownAuthority: "本网络中尚无的主管机构", suspended: (from: string, until: string) => `其中关于股东的规定自 ${from} 至 ${until} 暂停适用。`,
    none: "此规则下没有任何列名记录，因此无从查出；这不等于合规。请导入相关机构的名单，或换用其他规则：",
    clear: (n: number) => `在 ${count(n)} 家公司（本公司及全部有记录的上游）中，没有被列名或由被列名者持股的记录；这不等于合规。`,
    found: (n: number) => `在 ${count(n)} 家公司（本公司及全部有记录的上游）中：`, status: { listed: "被列名", blocked: "因股权受限", possibly_blocked: "可能受限", held: "部分被持股" },
    company: "公司", state: "状态", tier: "层级", itself: "本公司", held: "被列名或受限者持股", interest: (x: string) => `被列名者的经济权益：${x}。`, through: "经由何者到达本公司", details: "原因",
    listings: "列名", listed: (a: string, c: string) => `${a}：列名${c}`, programmes: (p: string) => `项目：${p}`, since: (d: string) => `自 ${d} 起`, denials: (n: number) => `${count(n)} 个来源予以否认`, notCount: "此处不计入", alone: "仅针对该公司本身，其所持公司不受限",
    ownership: "由何种股权关系得出", owns: "持有", controls: { subsidiary: "子公司", majority: "多数股权", board: "董事会" } as Record<string, string>, control: (x: string) => `控制（${x}）`, unknownShare: "份额未注明", paths: "到达本公司的供应链",
  },
});

const rules = ["ofac", "bis", "eu", "uk"] as const;

export function sanctionsRule(): (typeof rules)[number] {
  return rules.find((r) => r === address.value.params.get("rule")) ?? "ofac";
}

export function Sanctions({ id }: { id: string }) {
  const rule = sanctionsRule();
  const asked = useAnswer(`sanctions ${id} ${rule} ${scopeKey()}`, (signal) => answer(api.GET("/v1/companies/{id}/sanctions-exposure", { params: { path: { id }, query: { ...scope(), rule, limit: 200 } }, signal })));
  return (
    <>
      <div class="choose"><label>{w().rule}<select value={rule} onChange={(e) => change({ rule: e.currentTarget.value })}>{rules.map((r) => <option key={r} value={r}>{w().rules[r]}</option>)}</select></label></div>
      <Answered asked={asked}>{(data) => <Found id={id} of={data} rule={rule} />}</Answered>
    </>
  );
}

function Found({ id, of, rule }: { id: string; of: SanctionsAnswer; rule: string }) {
  const names = of.authorities.map(nameOf).join(", ") || w().unknownAuthority;
  const r = of.rule;
  return (
    <>
      <p class="quiet">{w().text(names, r.aggregate ?? true, w().enough(percent(r.threshold), r.inclusive ?? true))} {r.suspended_from && r.suspended_until && w().suspended(r.suspended_from, r.suspended_until)}</p>
      {of.listings === 0 && <p>{w().none} {rules.filter((x) => x !== rule).map((x) => <span key={x}><a href={changed({ rule: x })}>{w().rules[x]}</a>{" "}</span>)}</p>}
      {of.listings > 0 && of.items.length === 0 && <p>{w().clear(of.companies)}</p>}
      {of.items.length > 0 && (
        <>
          <p>{w().found(of.companies)}</p>
          <ul class="totals">{of.totals.map((t) => <li key={t.status}><strong>{count(t.companies)}</strong> <span class={`status ${t.status}`}>{w().status[t.status]}</span></li>)}</ul>
          <Table name="sanctions" label={w().title} rows={of.items} columns={columns()} id={(row) => row.id} first={10} open={(row) => <Behind row={row} id={id} of={of} />} openWord={w().details} />
        </>
      )}
      <Incomplete of={of} shown={of.items.length} />
      <Basis of={of} />
    </>
  );
}

function columns(): Column<SanctionsRow>[] {
  return [
    { key: "name", head: w().company, main: true, cell: (row) => <CompanyCell of={row} country={row.country} /> },
    { key: "status", head: w().state, cell: (row) => <span class={`status ${row.status}`}>{w().status[row.status]}</span> },
    { key: "tier", head: w().tier, number: true, cell: (row) => (row.tier === 0 ? w().itself : row.tier), compare: (a, b) => a.tier - b.tier },
    { key: "held", head: w().held, cell: (row) => row.held_by_blocked && <ShareBar value={row.held_by_blocked} />, compare: (a, b) => (b.held_by_blocked?.high ?? 0) - (a.held_by_blocked?.high ?? 0) },
    { key: "through", head: w().through, cell: (row) => <CompanyList of={row.through} /> },
  ];
}

function Behind({ row, id, of }: { row: SanctionsRow; id: string; of: SanctionsAnswer }) {
  const named = (company: string): Named => ({ id: company, ...of.entities.companies[company] });
  return (
    <div class="cause">
      {row.listings.length > 0 && <><h3>{w().listings}</h3><ul>{row.listings.map((l) => <li key={l.relation}>{listing(l)}</li>)}</ul></>}
      {row.ownership.length > 0 && <><h3>{w().ownership}</h3><ul>{row.ownership.map((h) => <li key={h.relation}>{holding(h)}</li>)}</ul></>}
      {row.economic_interest && <p>{w().interest(share(row.economic_interest))}</p>}
      {row.paths.length > 0 && <><h3>{w().paths}</h3>{row.paths.map((path, i) => <Chain key={i} hops={hopsOf(path, named, of)} />)}</>}
      {row.tier > 0 && <Ways from={row.id} to={id} />}
    </div>
  );
}

function listing(l: ListingRow) {
  const more = [l.programmes.length > 0 && w().programmes(l.programmes.join(", ")), l.since && w().since(l.since), l.denials > 0 && w().denials(l.denials), !l.counts && w().notCount, l.alone && w().alone].filter(Boolean);
  return <><Evidence relation={l.relation}>{w().listed(nameOf(l.authority), nameOf(l.listed))}</Evidence> <small>{more.join(", ")}</small></>;
}

function holding(h: OwnershipHop) {
  const how = [h.share ? share(h.share) : !h.control && w().unknownShare, h.control && w().control(w().controls[h.control] ?? h.control), h.denials > 0 && w().denials(h.denials)].filter(Boolean);
  return <><strong>{nameOf(h.owner)}</strong> <span class={`status ${h.owner_status}`}>{w().status[h.owner_status]}</span> <Evidence relation={h.relation}>{w().owns} {how.join(", ")}</Evidence> → <strong>{nameOf(h.owned)}</strong></>;
}

function hopsOf(path: PathRow, named: (id: string) => Named, of: SanctionsAnswer) {
  return path.hops.flatMap((hop) => {
    const first = hop.relations[0];
    const product = first?.product ? { id: first.product, ...of.entities.products[first.product] } : null;
    return first ? [{ from: named(hop.from), to: named(hop.to), product, relation: first.relation }] : [];
  });
}
