// A loss as a bar from nothing to everything: solid up to its least, hatched up to its most, and the same in figures.
import type { Interval } from "../../api/schema";
import { percent } from "../../ui/numbers";
import { lossText } from "./tell";

export function LossBar({ of, wide }: { of: Pick<Interval, "low" | "high"> | null | undefined; wide?: boolean }) {
  const low = of?.low ?? 0;
  const high = of?.high ?? 0;
  return (
    <span class={wide ? "loss wide" : "loss"}>
      <span class="loss-bar" aria-hidden="true">
        <span class="loss-low" style={{ width: percent(low) }} />
        <span class="loss-open" style={{ width: percent(Math.max(0, high - low)) }} />
      </span>
      <span class="loss-text">{lossText(of)}</span>
    </span>
  );
}
