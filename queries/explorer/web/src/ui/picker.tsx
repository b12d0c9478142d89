// A box in which one types and chooses of what is found: with the arrow keys and Enter, or the pointer.
import { useId, useState } from "preact/hooks";
import { words } from "../app/settings";

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
  const [active, setActive] = useState(0);
  const q = typed?.trim() ?? "";
  const found = find(q);
  const hits = q && found ? found : [];
  const open = q !== "";
  const take = (item: string) => {
    setTyped(null);
    onTake(item);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && hits.length > 0) setActive((active + step + hits.length) % hits.length);
    else if (e.key === "Enter" && typed !== null) {
      if (q === "") take("");
      else if (hits[active]) take(hits[active].id);
    } else if (e.key === "Escape" && typed !== null) setTyped(null);
    else return;
    e.preventDefault();
  };
  return (
    <div class="picker">
      <label for={id}>{label}</label>
      <input id={id} type="text" role="combobox" autocomplete="off" spellcheck={false} placeholder={placeholder} aria-expanded={open} aria-controls={`${id}-hits`} aria-autocomplete="list"
        aria-activedescendant={open && hits[active] ? `${id}-${active}` : undefined} value={typed ?? chosen}
        onInput={(e) => { setTyped(e.currentTarget.value); setActive(0); }} onBlur={() => { if (typed === "" && chosen) onTake(""); setTyped(null); }} onKeyDown={onKeyDown} />
      {chosen && typed === null && <button type="button" class="clear" aria-label={w().remove(chosen)} onClick={() => take("")}>×</button>}
      <ul id={`${id}-hits`} role="listbox" class="hits" aria-label={label} hidden={!open}>
        {hits.map((hit, i) => (
          <li key={hit.id} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={(e) => { e.preventDefault(); take(hit.id); }} onMouseEnter={() => setActive(i)}>{hit.text}{hit.detail && <> <small>{hit.detail}</small></>}</li>
        ))}
        {found && hits.length === 0 && <li class="nothing" role="option" aria-selected="false" aria-disabled="true">{w().nothing}</li>}
      </ul>
    </div>
  );
}
