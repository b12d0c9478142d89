// Single keys that stand for buttons, where nobody is typing.
import { useEffect, useRef } from "preact/hooks";

/** Calls what a key stands for. Keys with a modifier, and those typed into fields or dialogs, are left alone. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const onKeyDown = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
      if (e.target instanceof Element && e.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
      const act = newest.current[e.key.toLowerCase()];
      if (!act) return;
      e.preventDefault();
      act();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

/** The key that a button has, shown on it; the button says it to screen readers by aria-keyshortcuts. */
export function Key({ name }: { name: string }) {
  return <kbd aria-hidden="true">{name}</kbd>;
}
