// The page: one view for each first segment of the address.
import { render, type ComponentType } from "preact";
import { address } from "./app/address";
import { Frame } from "./app/frame";
import { CompanyView } from "./views/company";
import { FindView } from "./views/find";
import { ImportView } from "./views/import";
import { NetworkView } from "./views/network";
import { PathsView } from "./views/paths";
import { ProductView } from "./views/product";
import { ReviewView } from "./views/review";
import { WhatIfView } from "./views/whatif";
import "./style/base.css";
import "./style/controls.css";
import "./style/parts.css";

const views: Record<string, ComponentType> = {
  company: CompanyView,
  import: ImportView,
  network: NetworkView,
  paths: PathsView,
  product: ProductView,
  review: ReviewView,
  whatif: WhatIfView,
};

function Page() {
  const wanted = address.value.path[0] ?? "";
  const View = (Object.hasOwn(views, wanted) && views[wanted]) || FindView;
  return <Frame><View /></Frame>;
}

render(<Page />, document.body);
