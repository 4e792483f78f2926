// One message: who and when, what it says, its files, its reactions, and the thread under it.

import { act, text as textOf } from "./api.js";
import { blocks } from "./blocks.js";
import { clock, full } from "./dates.js";
import { h } from "./dom.js";
import { emoji, picture } from "./emoji.js";
import { menu } from "./menu.js";
import { box, mrkdwn } from "./mrkdwn.js";
import { nameOf, replies, state } from "./state.js";

/** The element of a message. `openThread` is called from the line under it, which in a thread is left out. */
export function drawMessage(message, openThread) {
  const seconds = Number(message.ts);
  const named = `${nameOf(message.user)}, ${clock(seconds)}`;
  const body = h(
    "div",
    { class: "body" },
    h(
      "div",
      { class: "who" },
      h("strong", {}, nameOf(message.user)),
      message.bot_id ? h("span", { class: "app" }, "APP") : null,
      h("time", { datetime: new Date(seconds * 1000).toISOString(), title: full(seconds) }, clock(seconds)),
    ),
    words(message),
    (message.files ?? []).map(file),
    reactions(message),
    message.ephemeral_to ? null : under(message, openThread),
  );
  return h(
    "article",
    { class: message.ephemeral_to ? "message private" : "message", tabindex: "-1", "aria-label": named, data: { ts: message.ts } },
    message.ephemeral_to ? h("p", { class: "only-you" }, picture("👁", true), " Only visible to you") : null,
    h("div", { class: `avatar tone-${tone(message.user)}`, "aria-hidden": "true" }, nameOf(message.user).slice(0, 1)),
    body,
  );
}

/** Which of the six colours a person's picture has. */
export function tone(user) {
  return [...user].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
}

function words(message) {
  const where = { at: { channel: message.channel, ts: message.ts } };
  const parts = [];
  if (message.blocks?.length) parts.push(...blocks(message.blocks, where));
  else if (message.text) parts.push(h("div", { class: "section" }, mrkdwn(message.text)));
  for (const one of message.attachments ?? []) {
    parts.push(h("div", { class: "attachment" }, one.text ? mrkdwn(one.text) : (one.blocks ? null : one.fallback), blocks(one.blocks ?? [], where)));
  }
  if (message.edited && !message.blocks?.length) parts.push(h("span", { class: "edited" }, " (edited)"));
  return parts;
}

function file(it) {
  const name = it.title || it.name;
  const shown = h("div", { class: "file-text" }, it.preview ? box(it.preview) : null);
  const rest = it.lines_more
    ? h("button", { type: "button", class: "quiet", "aria-expanded": "false", data: { focus: `more-${it.id}` } }, `Show all ${it.lines.toLocaleString()} lines`)
    : null;
  rest?.addEventListener("click", async () => {
    const all = rest.getAttribute("aria-expanded") === "false";
    shown.replaceChildren(box(all ? await textOf(`/files/${it.id}`) : it.preview));
    rest.setAttribute("aria-expanded", String(all));
    rest.textContent = all ? "Show less" : `Show all ${it.lines.toLocaleString()} lines`;
  });
  return h(
    "div",
    { class: "file" },
    h("div", { class: "file-head" }, h("strong", {}, name), h("small", {}, size(it.size)), h("a", { href: `/files/${it.id}`, download: it.name, data: { focus: `save-${it.id}` } }, `Download ${it.name}`)),
    shown,
    rest,
  );
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const step = Math.min(2, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(1)} ${["B", "KB", "MB"][step]}`;
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return h("p", { class: "reactions" }, message.reactions.map((one) => h("span", { title: one.users.map(nameOf).join(", ") }, `${emoji(one.name)} ${one.count}`)));
}

function under(message, openThread) {
  const some = openThread && replies(message.channel, message.ts).length > 0;
  return h("div", { class: some ? "under" : "under none" }, openThread ? threadLine(message, openThread) : null, shortcuts(message));
}

function threadLine(message, openThread) {
  const under = replies(message.channel, message.ts);
  const last = under.at(-1);
  const count = under.length === 1 ? "1 reply" : `${under.length} replies`;
  const shown = under.length ? [h("strong", {}, count), h("small", {}, ` last at ${clock(Number(last.ts))}`)] : ["Reply in thread"];
  const props = { type: "button", class: under.length ? "replies" : "replies none", data: { focus: "thread" }, on: { click: () => openThread(message) } };
  if (state.thread === message.ts) props["aria-current"] = "true";
  return h("button", props, shown);
}

/** What the app offers to do about a message, in the menu that Slack calls More actions. */
function shortcuts(message) {
  const offered = state.shortcuts.filter((one) => one.type === "message");
  const at = { channel: message.channel, ts: message.ts };
  const items = offered.map((one) => ({ words: one.name, note: one.description, take: () => act(state.me, "uses-shortcut", { shortcut: one.callback_id, ...at }) }));
  return items.length ? menu("More actions", items, "more") : null;
}
