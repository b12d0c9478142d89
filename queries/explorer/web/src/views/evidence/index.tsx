// The evidence of a relation: who says so, what and where. It opens beside any view whose address names a relation
// (relation=ID), and goes when that parameter does.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAnswer } from "../../api/use";
import { address, change } from "../../app/address";
import { scope } from "../../ui/scope";
import { Answered, Warnings } from "../../ui/state";
import { Claims } from "./claims";
import "./evidence.css";
import { Facts, Head } from "./facts";
import { Disputes } from "./disputes";
import { Numbers } from "./numbers";
import { w } from "./words";

export function Evidence() {
  const id = address.value.params.get("relation") ?? "";
  return id ? <Panel id={id} /> : null;
}

function Panel({ id }: { id: string }) {
  const panel = useRef<HTMLElement>(null);
  const query = { ...scope(), ...(address.value.params.get("group") === "control" && { group: "control" as const }) };
  const asked = useAnswer(`relation ${id} ${JSON.stringify(query)}`, (signal) => answer(api.GET("/v1/relations/{id}", { params: { path: { id }, query }, signal })));
  useFocus(panel, id);
  useLayoutEffect(() => { // before the panel is seen: who presses Escape at once is heard
    const onKeyDown = (e: KeyboardEvent) => {
      if (e.key === "Escape" && !e.defaultPrevented) close();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <aside ref={panel} class="evidence" aria-labelledby="evidence-title" tabIndex={-1}>
      <header>
        <h2 id="evidence-title">{w().region}</h2>
        <button type="button" class="close" aria-label={w().close} onClick={close}>×</button>
      </header>
      <Answered asked={asked}>
        {(data) => (
          <>
            <Head of={data} />
            <Facts of={data} />
            <Numbers of={data} />
            <Disputes of={data} />
            <Claims of={data} />
            <Warnings of={data.warnings} />
          </>
        )}
      </Answered>
    </aside>
  );
}

function close(): void {
  change({ relation: null });
}

/** Brings the focus into the panel when it opens or shows another relation, and back to where it was when it closes. */
function useFocus(panel: { readonly current: HTMLElement | null }, id: string): void {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    const active = document.activeElement;
    if (!panel.current?.contains(active)) before.current = active;
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollTo(0, 0);
  }, [id]);
  useEffect(() => () => {
    // What had the focus may have gone with its view; whoever moved on by a link is not called back.
    const active = document.activeElement;
    if (active && active !== document.body && active.isConnected && !panel.current?.contains(active)) return;
    const back = before.current instanceof HTMLElement && before.current.isConnected && before.current !== document.body ? before.current : document.getElementById("main");
    back?.focus({ preventScroll: true });
  }, []);
}
