// A box in which one types and chooses of what is found: with the arrow keys and Enter, or the pointer. What is typed,
// and whether the list is open, is the owner's; which of the list is at hand is told here.
import type { ComponentChildren, RefObject } from "preact";
import { useId, useState } from "preact/hooks";

export interface Choice {
  readonly key: string;
  readonly text: string;
  /** What tells it apart: another name, a country. */
  readonly detail?: string;
}

export interface ComboboxProps {
  readonly label: string;
  /** The id of the box where a label of its own stands beside it; else it has the label in words. */
  readonly id?: string;
  readonly placeholder: string;
  readonly value: string;
  readonly open: boolean;
  readonly choices: readonly Choice[];
  /** Shown behind the choices. */
  readonly after?: ComponentChildren;
  readonly input?: RefObject<HTMLInputElement | null>;
  readonly onType: (text: string) => void;
  /** By the pointer. */
  readonly onTake: (index: number) => void;
  /** Enter, with the choice at hand; false leaves the key to the page. */
  readonly onEnter: (index: number) => boolean | void;
  readonly onEscape: () => void;
  readonly onOpen?: () => void;
  readonly onBlur?: () => void;
}

export function Combobox(p: ComboboxProps) {
  const list = useId();
  const [active, setActive] = useState(0);
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && p.choices.length > 0) {
      p.onOpen?.();
      setActive((active + step + p.choices.length) % p.choices.length);
    } else if (e.key === "Enter") {
      if (p.onEnter(active) === false) return;
    } else if (e.key === "Escape") p.onEscape();
    else return;
    e.preventDefault();
  };
  return (
    <>
      <input ref={p.input} id={p.id} type="text" role="combobox" list={undefined} aria-label={p.id ? undefined : p.label} placeholder={p.placeholder} autocomplete="off" spellcheck={false}
        aria-expanded={p.open} aria-controls={list} aria-autocomplete="list" aria-activedescendant={p.open && p.choices[active] ? `${list}-${active}` : undefined} value={p.value}
        onInput={(e) => { setActive(0); p.onType(e.currentTarget.value); }} onFocus={() => p.onOpen?.()} onBlur={() => p.onBlur?.()} onKeyDown={onKeyDown} />
      <ul id={list} role="listbox" class="hits" aria-label={p.label} hidden={!p.open}>
        {p.choices.map((choice, i) => (
          <li key={choice.key} id={`${list}-${i}`} role="option" aria-selected={i === active} onMouseDown={(e) => { e.preventDefault(); p.onTake(i); }} onMouseEnter={() => setActive(i)}>
            {choice.text}{choice.detail && <> <small>{choice.detail}</small></>}
          </li>
        ))}
        {p.after}
      </ul>
    </>
  );
}

/** Says in a list that nothing was found. */
export function NoChoice({ children }: { children: ComponentChildren }) {
  return <li class="nothing" role="option" aria-selected="false" aria-disabled="true">{children}</li>;
}
