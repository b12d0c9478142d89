// Builds the page into ../dist, which is committed and embedded: npm run build, or npm run watch while working.
import { context } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";

const out = new URL("../dist/", import.meta.url);
const here = (path) => new URL(path, import.meta.url).pathname;

await mkdir(out, { recursive: true });
for (const name of ["index.html", "icon.svg"]) {
  await copyFile(here(`src/${name}`), new URL(name, out));
}
const build = await context({
  entryPoints: { app: here("src/main.tsx") },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  outdir: out.pathname,
  charset: "utf8",
  legalComments: "eof",
  logLevel: "info",
});
if (process.argv.includes("--watch")) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
