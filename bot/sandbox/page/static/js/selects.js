// Selects: of fixed options, of people and channels, and of what the app offers for what is typed.

import { h } from "./dom.js";
import { people, state } from "./state.js";

const QUERY = 3; // min_query_length where the app gives none

/** One of several options; also the overflow menu. */
export function choice(it, before, how) {
  const node = shell("select", it, how);
  node.append(h("option", { value: "" }, it.placeholder?.text ?? (it.type === "overflow" ? "⋯" : "Choose…")));
  node.append(...options(it));
  node.value = (before ? before.selected_option : it.initial_option)?.value ?? "";
  const read = () => {
    const value = node.value || null;
    if (it.type === "overflow") node.value = "";
    return value;
  };
  return { node, read, write: (value) => (node.value = value) };
}

/** Some of several options. */
export function several(it, before, how) {
  const node = shell("select", it, how);
  node.multiple = true;
  node.size = Math.min(6, (it.options ?? []).length || 6);
  node.append(...options(it));
  const on = new Set(((before ? before.selected_options : it.initial_options) ?? []).map((option) => option.value));
  for (const option of node.options) option.selected = on.has(option.value);
  return { node, read: () => chosen(node) };
}

/** People, channels or conversations. */
export function named(it, before, how) {
  const node = shell("select", it, how);
  const many = it.type.startsWith("multi_");
  node.multiple = many;
  if (!many) node.append(h("option", { value: "" }, it.placeholder?.text ?? "Choose…"));
  const rows = it.type.includes("users") ? people().map((user) => [user.id, user.real_name]) : channels();
  node.append(...rows.map(([id, name]) => h("option", { value: id }, name)));
  const first = before ?? it;
  const on = new Set(Object.entries(first).filter(([name]) => /^(selected|initial)_/.test(name)).flatMap(([, value]) => value ?? []));
  for (const option of node.options) option.selected = on.has(option.value);
  return { node, read: () => (many ? chosen(node) : node.value || null) };
}

function channels() {
  return [...state.channels.values()].filter((channel) => !channel.is_im && !channel.is_archived).map((channel) => [channel.id, `#${channel.name}`]);
}

/** A field to type in, and under it what the app offers. */
export function external(it, before, how) {
  const least = it.min_query_length ?? QUERY;
  const many = it.type.startsWith("multi_");
  const first = before?.selected_options ?? it.initial_options ?? [before?.selected_option ?? it.initial_option].filter(Boolean);
  const field = h("input", {
    id: how.id,
    type: "search",
    autocomplete: "off",
    placeholder: it.placeholder?.text ?? "Type to search",
    "aria-label": how.label,
    "aria-describedby": how.describedBy,
    data: { focus: it.action_id },
  });
  const list = h("select", { class: "offers", "aria-label": "Offered" });
  list.multiple = many;
  const show = (offered) => {
    list.replaceChildren(...offered.map((option) => h("option", { value: option.value }, option.text.text)));
    list.size = many ? 4 : Math.min(6, Math.max(2, offered.length));
    list.hidden = offered.length === 0;
  };
  show(first);
  for (const option of list.options) option.selected = true;
  let waiting = 0;
  const ask = () => {
    clearTimeout(waiting);
    if (field.value.length < least) return;
    waiting = setTimeout(async () => show(await how.lookUp(field.value)), 150);
  };
  field.addEventListener("input", (event) => (event.stopPropagation(), ask()));
  field.addEventListener("focus", ask);
  field.addEventListener("change", (event) => event.stopPropagation());
  const node = h("div", { class: "external" }, field, list);
  return { node, read: () => (many ? chosen(list) : list.value || null) };
}

function shell(tag, it, how) {
  return h(tag, {
    id: how.id,
    required: how.required,
    "aria-label": how.label,
    "aria-describedby": how.describedBy,
    class: it.type === "overflow" ? "overflow" : null,
    data: { focus: it.action_id },
  });
}

function options(it) {
  const one = (option) => h("option", { value: option.value }, option.text.text);
  if (it.option_groups) return it.option_groups.map((part) => h("optgroup", { label: part.label.text }, part.options.map(one)));
  return (it.options ?? []).map(one);
}

function chosen(node) {
  return [...node.selectedOptions].map((option) => option.value);
}
