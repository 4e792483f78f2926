// rich_text blocks: sections, lists, quotes and boxes.

import { h } from "./dom.js";
import { drawn, emoji } from "./emoji.js";
import { channelLink, link } from "./links.js";
import { box, date, group, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

/** The nodes of a rich_text block. */
export function richText(block) {
  const parts = block.elements.map(part);
  return h("div", { class: "rich" }, parts);
}

function part(section) {
  if (section.type === "rich_text_preformatted") return box(section.elements.map((leaf) => leaf.text ?? leaf.url ?? "").join(""));
  if (section.type === "rich_text_quote") return h("blockquote", {}, section.elements.map(leaf));
  if (section.type === "rich_text_list") {
    const items = section.elements.map((entry) => h("li", {}, entry.elements.map(leaf)));
    const start = section.offset ? section.offset + 1 : null;
    return h(section.style === "ordered" ? "ol" : "ul", { class: `indent-${section.indent ?? 0}`, start }, items);
  }
  return h("p", {}, section.elements.map(leaf));
}

function leaf(it) {
  let node = h("span", {}, bare(it));
  for (const [style, on] of Object.entries(it.style ?? {})) if (on && STYLES[style]) node = h(STYLES[style], {}, node);
  return node;
}

function bare(it) {
  switch (it.type) {
    case "user":
      return mention(it.user_id);
    case "usergroup":
      return group(it.usergroup_id);
    case "channel":
      return channelLink(it.channel_id);
    case "broadcast":
      return h("span", { class: "mention everyone" }, `@${it.range}`);
    case "emoji":
      return drawn(emoji(it.name));
    case "date":
      return date(it.timestamp, it.format, it.fallback ?? "");
    case "link":
      return link(it.url, it.text ?? it.url);
    default:
      return drawn(String(it.text ?? it.value ?? ""));
  }
}
