// Where words lead: to another page, or to a channel or message of this workspace.

import { h } from "./dom.js";
import { state } from "./state.js";

const MESSAGE = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** A link; one to a message of this workspace stays here, and one that nobody may follow is only its words. */
export function link(url, text) {
  const found = MESSAGE.exec(url);
  if (found && state.channels.has(found[1])) return h("a", { href: address(found[1], found[4] ?? `${found[2]}.${found[3]}`) }, text);
  return safe(url) ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : h("span", {}, text);
}

/** A channel's name, which leads there who is in it. */
export function channelLink(id, label) {
  const channel = state.channels.get(id);
  const name = `#${label || (channel?.name ?? id)}`;
  const mine = channel?.members.includes(state.me);
  return mine ? h("a", { class: "mention", href: address(id) }, name) : h("span", { class: "mention" }, name);
}

function safe(url) {
  try {
    return ["http:", "https:", "mailto:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

const address = (channel, thread = "") => `#${state.me}/${channel}/messages/${thread}`;
