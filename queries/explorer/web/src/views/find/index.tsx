// The first page: what can be asked, what the graph holds; and what was searched for.
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address } from "../../app/address";
import { Found } from "./found";
import { Start } from "./start";
import "./find.css";

export function FindView() {
  const { params } = address.value;
  const [q, country, sector] = [params.get("q") ?? "", params.get("country") ?? "", params.get("sector") ?? ""];
  if (q || country || sector) return <Found q={q} country={country} sector={sector} />;
  return <StartPage />;
}

function StartPage() {
  const stats = useAnswer("stats", (signal) => answer(api.GET("/v1/stats", { signal })));
  return <Start stats={stats} />;
}
