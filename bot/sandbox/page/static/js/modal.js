// The modal that the app has opened before the person whose eyes the page has.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { fill, h, keepingFocus } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { on, state } from "./state.js";

let dialog = null;
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
  if (!dialog) {
    dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), close()));
    document.body.append(dialog);
  }
  const before = open?.view.id === view.id ? typed() : new Map();
  keepingFocus(dialog, () => draw(view, before));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
}

function shut() {
  dialog?.close();
  dialog?.remove();
  dialog = open = null;
}

function typed() {
  return new Map(open.where.controls.map((one) => [`${one.block}/${one.action}`, one.read()]).filter(([, value]) => value !== null));
}

function draw(view, before) {
  const where = { at: { view: view.id }, state: view.state.values, controls: [], typed: before };
  open = { view, where };
  const form = h("form", { novalidate: true, on: { submit: (event) => (event.preventDefault(), submit()) } }, h("div", { class: "modal-body" }, blocks(view.blocks, where)), feet(view));
  fill(
    dialog,
    h(
      "header",
      {},
      h("h2", { id: "modal-title" }, textObject(view.title)),
      h("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: close } }, "✕"),
    ),
    h("p", { class: "error", role: "alert", data: { trouble: "" } }),
    form,
  );
  errors(view.errors);
}

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
  if (open) act(state.me, "closes", { view: open.view.id });
}

async function submit() {
  const values = {};
  for (const { block, action, read } of open.where.controls) {
    const value = read();
    if (value !== null) (values[block] ??= {})[action] = value;
  }
  const mine = open;
  const answer = await act(state.me, "submits", { view: open.view.id, values });
  if (open !== mine) return;
  errors(answer.errors ?? {});
  const trouble = answer.cannot ?? (answer.errors ? "" : (answer.text ?? ""));
  dialog.querySelector("[data-trouble]").textContent = trouble;
}

function errors(byBlock) {
  let first = null;
  for (const place of dialog.querySelectorAll("[data-error]")) {
    const words = byBlock[place.dataset.error] ?? "";
    place.textContent = words;
    const input = open.where.controls.find((one) => one.block === place.dataset.error)?.node;
    input?.setAttribute("aria-invalid", String(Boolean(words)));
    if (words && !first) first = input;
  }
  first?.focus();
}
