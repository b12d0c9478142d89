// A section of the view: it asks its question when it is scrolled to or gone to, and shows how that fares by itself.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { address } from "../../app/address";

interface Props {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** What stands at the right of the title: files to download. */
  readonly aside?: ComponentChildren;
  /** Mounted once the section is near. */
  readonly children: () => ComponentChildren;
}

export function Section({ id, title, about, aside, children }: Props) {
  const element = useRef<HTMLElement>(null);
  const [near, setNear] = useState(false);
  const wanted = address.value.params.get("section") === id;
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => {
      if (seen.some((s) => s.isIntersecting)) setNear(true);
    }, { rootMargin: "120px" });
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!wanted) return;
    setNear(true);
    element.current?.scrollIntoView({ block: "start" });
  }, [wanted]);
  return (
    <section ref={element} id={`section-${id}`} class={near ? "part" : "part far"} aria-labelledby={`title-${id}`}>
      <div class="part-head">
        <h2 id={`title-${id}`}>{title}</h2>
        {aside && <div class="files">{aside}</div>}
      </div>
      <p class="about">{about}</p>
      {near && children()}
    </section>
  );
}
