// Selects: of fixed options, of people and of channels.

import { h } from "./dom.js";
import { people, state } from "./state.js";

/** One of several options. */
export function choice(it, before, how) {
  const node = shell("select", it, how);
  node.append(h("option", { value: "" }, it.placeholder?.text ?? "Choose…"));
  node.append(...options(it));
  node.value = (before ? before.selected_option : it.initial_option)?.value ?? "";
  return { node, read: () => node.value || null, write: (value) => (node.value = value) };
}

/** Some of several options. */
export function several(it, before, how) {
  const node = shell("select", it, how);
  node.multiple = true;
  node.size = Math.min(6, (it.options ?? []).length || 6);
  node.append(...options(it));
  const write = (values) => mark(node, values);
  write(((before ? before.selected_options : it.initial_options) ?? []).map((option) => option.value));
  return { node, read: () => chosen(node), write };
}

/** People, channels or conversations. */
export function named(it, before, how) {
  const node = shell("select", it, how);
  const many = it.type.startsWith("multi_");
  node.multiple = many;
  if (!many) node.append(h("option", { value: "" }, it.placeholder?.text ?? "Choose…"));
  const rows = it.type.includes("users") ? people().map((user) => [user.id, user.real_name]) : channels(it.filter?.include);
  node.append(...rows.map(([id, name]) => h("option", { value: id }, name)));
  const first = before ?? it;
  const write = (values) => mark(node, [values].flat());
  write(Object.entries(first).filter(([name]) => /^(selected|initial)_/.test(name)).flatMap(([, value]) => value ?? []));
  return { node, read: () => (many ? chosen(node) : node.value || null), write };
}

function channels(kinds = ["public", "private"]) {
  const offered = (one) => !one.is_im && !one.is_archived && (one.is_private ? one.members.includes(state.me) : true) && kinds.includes(one.is_private ? "private" : "public");
  return [...state.channels.values()].filter(offered).map((channel) => [channel.id, `#${channel.name}`]);
}

function shell(tag, it, how) {
  return h(tag, {
    id: how.id,
    required: how.required,
    "aria-label": how.label,
    "aria-describedby": how.describedBy,
    data: { focus: it.action_id },
  });
}

function options(it) {
  const one = (option) => h("option", { value: option.value }, option.text.text);
  if (it.option_groups) return it.option_groups.map((part) => h("optgroup", { label: part.label.text }, part.options.map(one)));
  return (it.options ?? []).map(one);
}

function mark(node, values) {
  for (const option of node.options) option.selected = values.includes(option.value);
  if (!node.multiple && !values.length) node.value = "";
}

function chosen(node) {
  return [...node.selectedOptions].map((option) => option.value);
}
