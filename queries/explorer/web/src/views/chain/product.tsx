// The product that the picture is narrowed to, found as one types.
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { change } from "../../app/address";
import { nameOf } from "../../ui/names";
import { Picker } from "../../ui/picker";
import { w } from "./words";

function useProducts(q: string) {
  return useAnswer(q && "products " + q, (signal) => answer(api.GET("/v1/products", { params: { query: { q, limit: 8 } }, signal })));
}

function useHits(q: string) {
  const found = useProducts(q);
  return found.data && !found.loading ? found.data.items.map((p) => ({ id: p.id, text: nameOf(p) })) : undefined;
}

export function ProductPicker({ value }: { value: string }) {
  const chosen = useProducts(value).data?.items.find((p) => p.id === value);
  return <Picker label={w().product} placeholder={w().anyProduct} chosen={chosen ? nameOf(chosen) : value} find={useHits} onTake={(product) => change({ product, open: [] })} />;
}
