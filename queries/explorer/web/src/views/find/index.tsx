// The first page: what the graph holds, and what was searched for.
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, otherName } from "../../ui/names";
import { Answered } from "../../ui/state";
import "./find.css";

const w = words({
  en: { title: "Who stands behind your suppliers?", found: (q: string) => `Companies found for “${q}”`, name: "Name", country: "Country", sector: "Sector", identifiers: "Identifiers" },
  zh: { title: "您的供应商背后是谁？", found: (q: string) => `“${q}”的查找结果`, name: "名称", country: "国家/地区", sector: "行业", identifiers: "标识" },
});

export function FindView() {
  const q = address.value.params.get("q") ?? "";
  const found = useAnswer(q && "find " + q, (signal) => answer(api.GET("/v1/companies", { params: { query: { q, limit: 100 } }, signal })));
  if (!q) return <section class="find"><h1>{w().title}</h1></section>;
  return (
    <section class="find">
      <h1>{w().found(q)}</h1>
      <Answered asked={found}>
        {(data) => (
          <table>
            <thead><tr><th>{w().name}</th><th>{w().country}</th><th>{w().sector}</th><th>{w().identifiers}</th></tr></thead>
            <tbody>
              {data.items.map((c) => (
                <tr key={c.id}>
                  <td><a href={link(["company", c.id])}>{nameOf(c)}</a> <small>{otherName(c)}</small></td>
                  <td>{c.country && countryName(c.country)}</td>
                  <td>{c.sector}</td>
                  <td>{c.identifiers?.join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answered>
    </section>
  );
}
