// A button that opens a menu: the overflow element, and what the app offers for a message.

import { h, newId } from "./dom.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** The button with its menu. `items` are `{words, note, take}`; arrows go round, Escape goes back to the button. */
export function menu(label, items, focus) {
  const id = newId("menu");
  const list = h("div", { id, class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  const props = { type: "button", class: "button more", "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false", popovertarget: id, data: { focus } };
  const button = h("button", props, "⋯");
  list.append(...items.map((item) => row(item, list)));
  list.addEventListener("toggle", (event) => toggled(event.newState === "open", button, list));
  list.addEventListener("keydown", (event) => step(event, list));
  return h("span", { class: "has-menu" }, button, list);
}

function row({ words, note, take }, list) {
  const chosen = () => (list.hidePopover(), take());
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", on: { click: chosen } }, words, note ? h("small", {}, note) : null);
}

function toggled(open, button, list) {
  button.setAttribute("aria-expanded", String(open));
  if (!open) return;
  const at = button.getBoundingClientRect();
  const fits = at.bottom + list.offsetHeight + 8 < innerHeight;
  list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - list.offsetWidth - 8))}px`;
  list.style.top = `${Math.max(8, fits ? at.bottom + 4 : at.top - list.offsetHeight - 4)}px`;
  list.firstElementChild?.focus({ preventScroll: true });
  document.addEventListener("scroll", () => list.isConnected && list.hidePopover(), { capture: true, once: true });
}

function step(event, list) {
  const all = [...list.children];
  const now = all.indexOf(document.activeElement);
  const next = event.key in STEPS ? now + STEPS[event.key] : { Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all.at(next % all.length).focus();
}
