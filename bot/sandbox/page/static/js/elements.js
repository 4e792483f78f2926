// What stands in blocks and can be pressed, chosen or filled in.

import { act } from "./api.js";
import { Combobox } from "./combobox.js";
import { confirmed } from "./confirm.js";
import { h, newId } from "./dom.js";
import { menu } from "./menu.js";
import { textObject } from "./mrkdwn.js";
import { choice, named, several } from "./selects.js";
import { state } from "./state.js";

const FIELDS = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "number",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};

/** An element in a section, in actions or in a context. */
export function element(it, block, where) {
  if (it.type === "button" || it.type === "workflow_button") return button(it, block, where);
  if (it.type === "image") return h("span", { class: "picture" }, `[image: ${it.alt_text}]`);
  if (it.type === "overflow") return overflow(it, block, where);
  const label = it.accessibility_label ?? it.placeholder?.text ?? it.action_id;
  const made = control(it, block, where, { id: newId("element"), label, reports: true });
  return made.node;
}

/** An element that holds a value: `{node, grouped}`; what it holds is read when the view is sent off. */
export function control(it, block, where, how) {
  const before = where.state?.[block.block_id]?.[it.action_id];
  const made = drawn(it, before, where, { ...how, lookUp: (typed) => lookUp(it, block, where, typed) });
  where.controls?.push({ block: block.block_id, action: it.action_id, required: how.required, keep: made.read, ...made });
  const typed = where.typed?.get(`${block.block_id}/${it.action_id}`);
  if (typed !== undefined && made.write) made.write(typed);
  if (how.reports || block.dispatch_action) {
    made.node.addEventListener("change", async () => {
      const value = made.read();
      if (value === null || (it.confirm && !(await confirmed(it.confirm)))) return;
      await act(state.me, "chooses", { ...where.at, block: block.block_id, action: it.action_id, value });
    });
  }
  return made;
}

function drawn(it, before, where, how) {
  if (FIELDS[it.type]) return field(it, before, how);
  if (it.type === "checkboxes" || it.type === "radio_buttons") return ticks(it, before, how);
  if (it.type === "static_select") return choice(it, before, how);
  if (it.type === "multi_static_select") return several(it, before, how);
  if (it.type.includes("external_select")) return external(it, before, how);
  if (/(users|channels|conversations)_select$/.test(it.type)) return named(it, before, how);
  const note = h("p", { class: "unsupported" }, `This page does not draw the element “${it.type}”. Slack does.`);
  return { node: note, read: () => null, grouped: true };
}

function button(it, block, where) {
  const style = it.style ? ` ${it.style}` : "";
  const made = h(
    "button",
    {
      type: "button",
      class: `button${style}`,
      "aria-label": it.accessibility_label,
      "aria-haspopup": it.confirm ? "dialog" : null,
      data: { focus: `${block.block_id}/${it.action_id}` },
    },
    textObject(it.text),
  );
  made.addEventListener("click", async () => {
    if (made.ariaBusy || (it.confirm && !(await confirmed(it.confirm)))) return;
    made.ariaBusy = "true";
    await act(state.me, "presses", { ...where.at, block: block.block_id, action: it.action_id });
    made.ariaBusy = null;
  });
  return made;
}

function overflow(it, block, where) {
  const take = async (option) => {
    if (it.confirm && !(await confirmed(it.confirm))) return;
    await act(state.me, "chooses", { ...where.at, block: block.block_id, action: it.action_id, value: option.value });
  };
  const items = it.options.map((option) => ({ words: textObject(option.text), note: option.description?.text, take: () => take(option) }));
  return menu(it.accessibility_label ?? "More actions", items, `${block.block_id}/${it.action_id}`);
}

function external(it, before, how) {
  const made = new Combobox(it, before, how);
  return { node: made.node, read: () => made.read(), keep: () => made.chosen, write: (chosen) => made.restore(chosen) };
}

function field(it, before, how) {
  const first = before?.value ?? before?.selected_date ?? before?.selected_time ?? it.initial_value ?? it.initial_date ?? it.initial_time ?? "";
  const shared = {
    id: how.id,
    required: how.required,
    placeholder: it.placeholder?.text,
    "aria-label": how.label,
    "aria-describedby": how.describedBy,
    minlength: it.min_length,
    maxlength: it.max_length,
    autofocus: it.focus_on_load,
    data: { focus: it.action_id },
  };
  const node = it.multiline
    ? h("textarea", { ...shared, rows: "4" })
    : h("input", { ...shared, type: FIELDS[it.type], min: it.min_value, max: it.max_value, step: it.is_decimal_allowed ? "any" : null });
  node.value = it.type === "datetimepicker" ? localMinute(before?.selected_date_time ?? it.initial_date_time) : first;
  const read = () => {
    if (it.type !== "datetimepicker") return node.value || (before?.value || it.initial_value ? "" : null);
    return node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null;
  };
  return { node, read, write: (value) => (node.value = value) };
}

function localMinute(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function ticks(it, before, how) {
  const many = it.type === "checkboxes";
  const first = before ? (before.selected_options ?? [before.selected_option]) : (it.initial_options ?? [it.initial_option]);
  const on = new Set(first.filter(Boolean).map((option) => option.value));
  const boxes = it.options.map((option, number) => {
    const input = h("input", { type: many ? "checkbox" : "radio", name: how.id, value: option.value, data: { focus: `${it.action_id}/${number}` } });
    input.checked = on.has(option.value);
    return { input, node: h("label", { class: "tick" }, input, h("span", {}, textObject(option.text), option.description ? h("small", {}, textObject(option.description)) : null)) };
  });
  const node = h("div", { role: many ? "group" : "radiogroup", id: how.id, "aria-label": how.label, "aria-describedby": how.describedBy }, boxes.map((one) => one.node));
  const read = () => {
    const values = boxes.filter((one) => one.input.checked).map((one) => one.input.value);
    return many ? values : (values[0] ?? null);
  };
  const write = (values) => boxes.forEach((one) => (one.input.checked = [values].flat().includes(one.input.value)));
  return { node, read, write, grouped: true };
}

async function lookUp(it, block, where, typed) {
  const answer = await act(state.me, "looks-up", { ...where.at, block: block.block_id, action: it.action_id, typed });
  return answer.options ?? [];
}
