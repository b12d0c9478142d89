// A view that throws: the frame stays, and says so, until the address changes.
import { Component, type ComponentChildren } from "preact";
import { link, type Address } from "./address";
import { words } from "./settings";

const w = words({
  en: { failed: "This view failed", help: "The page has a fault, or does not understand its address.", start: "To the start page" },
  zh: { failed: "此视图出错", help: "页面存在缺陷，或无法识别该地址。", start: "返回首页" },
});

interface Props {
  readonly at: Address;
  readonly children: ComponentChildren;
}

interface State {
  readonly at?: Address;
  readonly failed?: boolean;
}

export class Boundary extends Component<Props, State> {
  state: State = {};

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  static getDerivedStateFromProps({ at }: Props, state: State): State | null {
    return at === state.at ? null : { at, failed: false };
  }

  componentDidCatch(error: unknown) {
    console.error(error);
  }

  render() {
    return this.state.failed ? <ViewFailed /> : this.props.children;
  }
}

function ViewFailed() {
  return (
    <div class="note failure" role="alert">
      <strong>{w().failed}</strong>
      <p>{w().help} <a href={link([])}>{w().start}</a></p>
    </div>
  );
}
