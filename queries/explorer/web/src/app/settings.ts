// What the reader chose: language, light or dark. Kept in the browser; the language of a link (lang=zh) goes before, and is not kept.
import { computed, effect, signal } from "@preact/signals";
import { address, change, parse } from "./address";

export type Language = "en" | "zh";
export type Theme = "light" | "dark" | "system";

function kept<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem("tributary." + key);
  return allowed.find((a) => a === value) ?? otherwise;
}

function firstLanguage(): Language {
  const linked = parse(location.hash).params.get("lang");
  if (linked === "en" || linked === "zh") return linked;
  return kept("language", ["en", "zh"], navigator.language.startsWith("zh") ? "zh" : "en");
}

export const language = signal<Language>(firstLanguage());
export const theme = signal<Theme>(kept("theme", ["light", "dark", "system"], "system"));

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
});

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const system = signal(systemDark.matches);
systemDark.addEventListener("change", (e) => {
  system.value = e.matches;
});

/** The colours that are shown: what was chosen, or the system's. */
export const scheme = computed(() => (theme.value === "system" ? (system.value ? "dark" : "light") : theme.value));

effect(() => {
  document.documentElement.dataset.scheme = scheme.value;
  localStorage.setItem("tributary.theme", theme.value);
});

/** Takes the reader's choice: it is kept, and goes before the language of the link, which leaves the address. */
export function choose(chosen: Language): void {
  localStorage.setItem("tributary.language", chosen);
  if (address.value.params.has("lang")) change({ lang: null }, true);
  language.value = chosen;
}

/** Words in both languages; TypeScript sees to it that they have the same keys. Call the result to get those of the reader. */
export function words<W>(both: { en: W; zh: W }): () => W {
  return () => both[language.value];
}
