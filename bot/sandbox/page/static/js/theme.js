// Light, dark, or as the system has it.

import { h } from "./dom.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const WORDS = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

/** The button that goes round the three. */
export function themeButton() {
  const root = document.documentElement;
  const button = h("button", { type: "button", class: "quiet" });
  const set = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    localStorage.setItem("theme", theme);
    button.textContent = WORDS[theme];
  };
  let now = WORDS[localStorage.getItem("theme")] ? localStorage.getItem("theme") : "auto";
  set(now);
  button.addEventListener("click", () => set((now = NEXT[now])));
  return button;
}
