// A box that finds something and shows what was chosen, which it can remove.
import { useId, useState } from "preact/hooks";
import { words } from "../app/settings";
import { Combobox, NoChoice } from "./combobox";

const w = words({
  en: { nothing: "Nothing found", remove: (what: string) => `Remove ${what}` },
  zh: { nothing: "未找到", remove: (what) => `移除${what}` },
});

export interface PickerItem {
  readonly id: string;
  readonly text: string;
  /** What tells it apart: another name, a country. */
  readonly detail?: string;
}

export interface PickerProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is chosen, in words; empty when nothing is. */
  readonly chosen: string;
  /** What the typed words find; undefined while that is not known. A hook. */
  readonly find: (q: string) => readonly PickerItem[] | undefined;
  /** An empty id removes what was chosen. */
  readonly onTake: (id: string) => void;
}

export function Picker({ label, placeholder, chosen, find, onTake }: PickerProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const q = typed?.trim() ?? "";
  const found = find(q);
  const hits = q && found ? found : [];
  const take = (item: string) => {
    setTyped(null);
    onTake(item);
  };
  return (
    <div class="picker">
      <label for={id}>{label}</label>
      <Combobox id={id} label={label} placeholder={placeholder} value={typed ?? chosen} open={q !== ""} choices={hits.map((hit) => ({ ...hit, key: hit.id }))}
        after={found && hits.length === 0 && <NoChoice>{w().nothing}</NoChoice>}
        onType={setTyped} onTake={(i) => hits[i] && take(hits[i].id)} onEscape={() => setTyped(null)} onBlur={() => { if (typed === "" && chosen) onTake(""); setTyped(null); }}
        onEnter={(i) => {
          if (typed === null) return false;
          if (q === "") take("");
          else if (hits[i]) take(hits[i].id);
          return true;
        }} />
      {chosen && typed === null && <button type="button" class="clear" aria-label={w().remove(chosen)} onClick={() => take("")}>×</button>}
    </div>
  );
}
