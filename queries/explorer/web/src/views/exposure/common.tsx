// Hidden common suppliers: whom nobody here buys from directly, and several direct suppliers depend on.
import type { CommonSupplierRow, CommonSuppliersAnswer } from "../../api/schema";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { words } from "../../app/settings";
import { Basis, Incomplete } from "../../ui/complete";
import { nameOf } from "../../ui/names";
import { count } from "../../ui/numbers";
import { scope, scopeKey } from "../../ui/scope";
import { Answered } from "../../ui/state";
import { Table, type Column } from "../../ui/table";
import { CompanyCell, CompanyList, Ways } from "./parts";

const w = words({
  en: {
    title: "Common suppliers", company: "Company", tier: "Tier", behind: "Direct suppliers it stands behind", of: (n: number, all: number) => `${count(n)} of ${count(all)}`, products: "Supplies them", buyers: "Companies it supplies", via: "Stands behind", more: "and others", none: "No company is documented to stand behind two direct suppliers or more.", details: "Details",
    overlap: (one: number, two: number, ratio: string) => `${count(one)} direct suppliers, ${count(two)} companies behind them. Each of these supplies ${ratio} direct suppliers on average: 1 would mean that none is shared.`,
  },
  zh: {
    title: "共同供应商", company: "公司", tier: "层级", behind: "背后支撑的直接供应商", of: (n: number, all: number) => `${count(n)} / ${count(all)}`, products: "向其供应", buyers: "直接供货的公司数", via: "支撑", more: "等", none: "没有公司同时支撑两家以上直接供应商的记录。", details: "详情",
    overlap: (one: number, two: number, ratio: string) => `直接供应商 ${count(one)} 家，其背后第二层公司 ${count(two)} 家，平均每家供应 ${ratio} 家直接供应商；1 表示互不重叠。`,
  },
});

export function Common({ id }: { id: string }) {
  const asked = useAnswer(`common ${id} ${scopeKey()}`, (signal) => answer(api.GET("/v1/companies/{id}/common-suppliers", { params: { path: { id }, query: { ...scope(), limit: 200 } }, signal })));
  return <Answered asked={asked}>{(data) => <Shared id={id} of={data} />}</Answered>;
}

function Shared({ id, of }: { id: string; of: CommonSuppliersAnswer }) {
  const d = of.diamond_ratio;
  return (
    <>
      {d.dc !== null && <p class="quiet">{w().overlap(d.tier_1, d.tier_2, d.dc.toFixed(2))}</p>}
      {of.items.length === 0 ? <p>{w().none}</p> : (
        <Table name="common" label={w().title} rows={of.items} columns={columns(d.tier_1)} id={(row) => row.id} ranked first={10} openWord={w().details}
          open={(row) => <div class="cause"><h3>{w().via}</h3><p><CompanyList of={row.via} />{row.via_more && ` ${w().more}`}</p><Ways from={row.id} to={id} /></div>} />
      )}
      <Incomplete of={of} shown={of.items.length} />
      <Basis of={of} />
    </>
  );
}

function columns(direct: number): Column<CommonSupplierRow>[] {
  return [
    { key: "name", head: w().company, main: true, cell: (row) => <CompanyCell of={row} country={row.country} /> },
    { key: "tier", head: w().tier, number: true, cell: (row) => row.tier, compare: (a, b) => a.tier - b.tier },
    { key: "behind", head: w().behind, number: true, cell: (row) => w().of(row.suppliers, direct), compare: (a, b) => b.suppliers - a.suppliers },
    { key: "products", head: w().products, cell: (row) => row.products.map(nameOf).join(", ") },
    { key: "buyers", head: w().buyers, number: true, cell: (row) => count(row.buyers), compare: (a, b) => b.buyers - a.buyers },
  ];
}
