// The modal that the app has opened before the person whose eyes the page has.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { fill, h, keepingFocus } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { on, state } from "./state.js";

const REQUIRED = "Please complete this required field.";

let dialog = null;
let inner = null;
let news = null;
let open = null;

/** Show modals as they come and go. */
export function startModals() {
  on("all", sync);
  on("views", sync);
  on("moved", sync);
}

function sync() {
  const view = state.views[state.me]?.modal ?? null;
  if (!view) return shut();
  if (open && open.view.id === view.id && open.view.hash === view.hash) return;
  if (!dialog) stand();
  const again = open?.view.id === view.id;
  const before = again ? typed() : new Map();
  const words = new Set(shown());
  keepingFocus(inner, () => draw(view, before));
  if (again) news.textContent = shown().filter((one) => !words.has(one)).join(" · ");
  if (!dialog.open) dialog.showModal();
  if (!again) start();
}

function stand() {
  inner = h("div", { class: "modal-inner" });
  news = h("p", { class: "unseen", role: "status" });
  dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" }, inner, news);
  dialog.addEventListener("cancel", (event) => (event.preventDefault(), close()));
  document.body.append(dialog);
  dialog.append(document.querySelector("#toasts")); // what is outside an open modal can't be pressed, and is silent
}

function shut() {
  if (!dialog) return;
  document.body.append(document.querySelector("#toasts"));
  dialog.close();
  dialog.remove();
  dialog = inner = news = open = null;
}

/** What the view says beside its fields. */
function shown() {
  return [...inner.querySelectorAll(".section-text, .context, .header")].map((one) => one.textContent);
}

/** The focus is where one begins: the first field, or the title where there is none. */
function start() {
  const first = inner.querySelector("[autofocus]") ?? inner.querySelector(".modal-body :is(input, select, textarea, button)");
  (first ?? inner.querySelector("#modal-title")).focus();
}

function typed() {
  return new Map(open.where.controls.map((one) => [`${one.block}/${one.action}`, one.keep()]).filter(([, value]) => value !== null));
}

function draw(view, before) {
  const where = { at: { view: view.id }, state: view.state.values, controls: [], typed: before };
  const same = open?.view.id === view.id && footOf(open.view) === footOf(view);
  open = { view, where };
  if (same) {
    // its buttons stay the same elements: a press that is under way goes to what it began on
    fill(inner.querySelector("#modal-title"), textObject(view.title));
    fill(inner.querySelector(".modal-body"), blocks(view.blocks, where));
    errors(view.errors);
    return;
  }
  const form = h("form", { novalidate: true, on: { submit: (event) => (event.preventDefault(), submit()) } }, h("div", { class: "modal-body" }, blocks(view.blocks, where)), feet(view));
  fill(
    inner,
    h(
      "header",
      {},
      h("h2", { id: "modal-title", tabindex: "-1" }, textObject(view.title)),
      h("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: close } }, "✕"),
    ),
    h("p", { class: "error", role: "alert", data: { trouble: "" } }),
    form,
  );
  errors(view.errors);
}

const footOf = (view) => JSON.stringify([view.close ?? null, view.submit ?? null, Boolean(view.submit_disabled)]);

function feet(view) {
  const words = view.close ? textObject(view.close) : "Cancel";
  const submitWords = view.submit ? textObject(view.submit) : null;
  return h(
    "div",
    { class: "feet" },
    h("button", { type: "button", class: "button", data: { focus: "close" }, on: { click: close } }, words),
    submitWords ? h("button", { type: "submit", class: "button primary", disabled: view.submit_disabled, data: { focus: "submit" } }, submitWords) : null,
  );
}

function close() {
  if (!open || open.closing) return;
  open.closing = true;
  act(state.me, "closes", { view: open.view.id });
}

async function submit() {
  const mine = open;
  const missing = mine.where.controls.filter((one) => one.required && !filled(one.read()));
  errors(Object.fromEntries(missing.map((one) => [one.block, REQUIRED])));
  if (missing.length || mine.busy) return;
  const values = {};
  for (const { block, action, read } of mine.where.controls) {
    const value = read();
    if (value !== null) (values[block] ??= {})[action] = value;
  }
  const send = inner.querySelector("[type=submit]");
  mine.busy = true;
  send.ariaBusy = "true";
  const answer = await act(state.me, "submits", { view: mine.view.id, values });
  mine.busy = false;
  send.ariaBusy = null;
  if (open !== mine) return;
  errors(answer.errors ?? {});
  const trouble = answer.cannot ?? (answer.errors ? "" : (answer.text ?? ""));
  inner.querySelector("[data-trouble]").textContent = trouble;
}

const filled = (value) => value !== null && value !== "" && value.length !== 0;

function errors(byBlock) {
  let first = null;
  for (const place of inner.querySelectorAll("[data-error]")) {
    const words = byBlock[place.dataset.error] ?? "";
    place.textContent = words;
    const node = open.where.controls.find((one) => one.block === place.dataset.error)?.node;
    const field = node?.matches("input, select, textarea") ? node : node?.querySelector("input, select, textarea");
    field?.setAttribute("aria-invalid", String(Boolean(words)));
    if (words && !first) first = field;
  }
  first?.focus();
}
