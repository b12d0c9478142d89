// The frame round every view: the name, the search box, the ways to the views, language and colours.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Evidence } from "../views/evidence";
import { SearchBox } from "../views/find/box";
import { address, link } from "./address";
import { Boundary } from "./boundary";
import { choose, language, theme, words } from "./settings";
import { setToken, tokenWanted } from "./token";

const w = words({
  en: {
    skip: "Skip to the content", network: "Network", paths: "Paths", import: "Import", review: "Review", api: "API", light: "Light", dark: "Dark", system: "Automatic",
    colours: "Colours", views: "Views", other: "中文", token: "This server wants a token", tokenHelp: "It is the one that the server was started with (--token, --token-file or TRIBUTARY_TOKEN).", send: "Go on",
  },
  zh: {
    skip: "跳到正文", network: "全网概览", paths: "路径", import: "导入", review: "审核", api: "API", light: "浅色", dark: "深色", system: "自动",
    colours: "配色", views: "视图", other: "English", token: "此服务器需要令牌", tokenHelp: "即启动服务器时设定的令牌（--token、--token-file 或 TRIBUTARY_TOKEN）。", send: "继续",
  },
});

const views = ["network", "paths", "import", "review"] as const;

export function Frame({ children }: { children: ComponentChildren }) {
  const here = address.value.path[0];
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{w().skip}</a>
      <header class="top">
        <a class="brand" href={link([])}><img src="/assets/icon.svg" alt="" width="28" height="28" />Tributary</a>
        <SearchBox />
        <nav aria-label={w().views}>
          {views.map((view) => <a key={view} href={link([view])} aria-current={here === view ? "page" : undefined}>{w()[view]}</a>)}
          <a href="/docs">{w().api}</a>
        </nav>
        <div class="settings">
          <select aria-label={w().colours} value={theme.value} onChange={(e) => { theme.value = e.currentTarget.value as typeof theme.value; }}>
            {(["system", "light", "dark"] as const).map((t) => <option key={t} value={t}>{w()[t]}</option>)}
          </select>
          <button type="button" lang={language.value === "zh" ? "en" : "zh-Hans"} onClick={() => choose(language.value === "zh" ? "en" : "zh")}>{w().other}</button>
        </div>
      </header>
      <div class="stage">
        <main id="main" tabIndex={-1}>{tokenWanted.value ? <TokenForm /> : <Boundary at={address.value}>{children}</Boundary>}</main>
        {!tokenWanted.value && <Boundary at={address.value}><Evidence /></Boundary>}
      </div>
    </>
  );
}

function TokenForm() {
  const [value, set] = useState("");
  return (
    <form class="token" onSubmit={(e) => { e.preventDefault(); setToken(value); }}>
      <h1>{w().token}</h1>
      <label>{w().tokenHelp}<input type="password" autocomplete="off" value={value} onInput={(e) => set(e.currentTarget.value)} /></label>
      <button type="submit" class="primary" disabled={!value}>{w().send}</button>
    </form>
  );
}
