// Slack's mrkdwn: bold, italic, struck, code, quotes, fences, mentions, links, dates, emoji.

import { dateToken, full } from "./dates.js";
import { h } from "./dom.js";
import { drawn, emoji, withEmoji } from "./emoji.js";
import { channelLink, link } from "./links.js";
import { nameOf, state } from "./state.js";

const FENCE = /```\n?([\s\S]*?)\n?```/;
const INLINE = new RegExp(
  [
    "<([^<>\\n]+)>",
    "`([^`\\n]+)`",
    ":([a-z0-9_+-]+):",
    "(?<![\\w*])\\*(?!\\s)([^*\\n]+?)(?<!\\s)\\*(?![\\w*])",
    "(?<![\\w_])_(?!\\s)([^_\\n]+?)(?<!\\s)_(?![\\w_])",
    "(?<![\\w~])~(?!\\s)([^~\\n]+?)(?<!\\s)~(?![\\w~])",
  ].join("|"),
);
const MARKS = { 4: "strong", 5: "em", 6: "s" };

/** A text object, of either type. */
export function textObject(value) {
  if (!value) return [];
  if (value.type === "mrkdwn") return mrkdwn(value.text);
  return [h("span", {}, drawn(value.emoji === false ? value.text : withEmoji(value.text)))];
}

/** The nodes of a mrkdwn text. */
export function mrkdwn(text) {
  const nodes = [];
  text.split(FENCE).forEach((piece, number) => {
    if (number % 2) nodes.push(box(plain(piece)));
    else if (piece.replace(/^\n|\n$/g, "")) nodes.push(...lines(piece.replace(/^\n|\n$/g, "")));
  });
  return nodes;
}

/** Output in a box, its lines kept; it can be scrolled with the keyboard. */
export function box(text) {
  return h("pre", { class: "box", tabindex: "0", role: "group", "aria-label": "Preformatted text" }, h("code", {}, text.replace(/\n+$/, "")));
}

/** Slack's three entities undone. */
export function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function lines(text) {
  const nodes = [];
  let quote = null;
  for (const line of text.split("\n")) {
    const quoted = /^(&gt;|>) ?/.exec(line);
    const inner = inline(quoted ? line.slice(quoted[0].length) : line);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push((quote = h("blockquote", {})));
      quote.append(...inner);
    } else {
      if (nodes.length && !quote) nodes.push(h("br"));
      quote = null;
      nodes.push(...inner);
    }
  }
  return nodes;
}

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index) nodes.push(...drawn(plain(rest.slice(0, found.index))));
    nodes.push(piece(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(...drawn(plain(rest)));
  return nodes;
}

function piece(found) {
  if (found[1] !== undefined) return token(found[1]);
  if (found[2] !== undefined) return h("code", {}, plain(found[2]));
  if (found[3] !== undefined) return h("span", {}, drawn(emoji(found[3])));
  const mark = [4, 5, 6].find((number) => found[number] !== undefined);
  return h(MARKS[mark], {}, inline(found[mark]));
}

function token(body) {
  const [head, label] = body.split(/\|(.*)/s);
  if (head.startsWith("@")) return mention(head.slice(1), label);
  if (head.startsWith("#")) return channelLink(head.slice(1), label);
  if (head.startsWith("!date^")) {
    const [, stamp, format] = head.split("^");
    return date(Number(stamp), format ?? "", plain(label ?? ""));
  }
  if (head.startsWith("!subteam^")) return group(head.slice("!subteam^".length), label);
  if (head.startsWith("!")) return h("span", { class: "mention everyone" }, `@${head.slice(1)}`);
  return link(plain(head), plain(label ?? head));
}

/** A moment in the reader's time, or what to show where it can't be read. */
export function date(seconds, format, fallback) {
  const shown = dateToken(seconds, format);
  if (shown === null) return h("span", {}, fallback);
  return h("time", { datetime: new Date(seconds * 1000).toISOString(), title: full(seconds) }, shown);
}

/** A person's name as a mention. */
export function mention(user, label) {
  const name = state.users.has(user) ? nameOf(user) : label || user;
  return h("span", { class: user === state.me ? "mention me" : "mention" }, `@${name}`);
}

/** A group's handle as a mention. */
export function group(id, label) {
  return h("span", { class: "mention" }, state.groups[id] ? `@${state.groups[id]}` : label || id);
}
