// Companies found by words, country or sector.
import { useState } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { link } from "../../app/address";
import { words } from "../../app/settings";
import { countryName, nameOf, otherName } from "../../ui/names";
import { count } from "../../ui/numbers";
import { Answered } from "../../ui/state";

const w = words({
  en: {
    found: (q: string) => `Companies found for “${q}”`, all: "Companies", name: "Name", country: "Country", sector: "Sector", identifiers: "Identifiers",
    nothing: "Nothing is called that. Try a part of the name, the name in the other language, a ticker or an LEI.", shown: (n: string, of: string) => `${n} of ${of}`, more: "Show more",
  },
  zh: {
    found: (q: string) => `“${q}”的查找结果`, all: "公司", name: "名称", country: "国家/地区", sector: "行业", identifiers: "标识",
    nothing: "没有匹配的公司。可尝试名称的一部分、另一种语言的名称、股票代码或 LEI。", shown: (n: string, of: string) => `${n} / ${of}`, more: "显示更多",
  },
});

const page = 50;

export function Found({ q, country, sector }: { q: string; country: string; sector: string }) {
  const [limit, setLimit] = useState(page);
  const query = { q: q || undefined, country: country || undefined, sector: sector || undefined, limit };
  const found = useAnswer("find " + JSON.stringify(query), (signal) => answer(api.GET("/v1/companies", { params: { query }, signal })));
  const limited = [country && countryName(country), sector].filter(Boolean).join(" · ");
  return (
    <section class="find">
      <h1>{q ? w().found(q) : w().all} {limited && <small>{limited}</small>}</h1>
      <Answered asked={found}>
        {(data) => data.items.length === 0 ? <p class="note">{w().nothing}</p> : (
          <>
            <table class="cards">
              <thead><tr><th>{w().name}</th><th>{w().country}</th><th>{w().sector}</th><th>{w().identifiers}</th></tr></thead>
              <tbody>
                {data.items.map((c) => (
                  <tr key={c.id}>
                    <td><a href={link(["company", c.id])}>{nameOf(c)}</a> <small>{otherName(c)}</small></td>
                    <td>{c.country && countryName(c.country)}</td>
                    <td>{c.sector}</td>
                    <td class="identifiers">{c.identifiers?.map((i) => <code key={i}>{i}</code>)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {!data.complete && <p class="more">{data.total ? w().shown(count(data.items.length), count(data.total)) : ""} <button type="button" onClick={() => setLimit(limit + 4 * page)}>{w().more}</button></p>}
          </>
        )}
      </Answered>
    </section>
  );
}
