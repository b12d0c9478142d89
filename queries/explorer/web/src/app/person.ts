// Who decides, as decisions are signed; kept in the browser.
import { effect, signal } from "@preact/signals";

export const person = signal(localStorage.getItem("tributary.person") ?? "");

effect(() => localStorage.setItem("tributary.person", person.value));
