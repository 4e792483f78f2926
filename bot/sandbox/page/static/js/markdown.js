// The markdown block: headings, lists, code, quotes, tables left as text, and the usual marks.

import { h } from "./dom.js";
import { link } from "./links.js";
import { box } from "./mrkdwn.js";

const INLINE = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\*([^*\n]+)\*|_([^_\n]+)_|~~([^~\n]+)~~|\[([^\]\n]+)\]\(([^)\s]+)\)/;

/** The nodes of a markdown block's text. */
export function markdown(text) {
  const out = h("div", { class: "markdown" });
  text.split(/```[^\n]*\n([\s\S]*?)\n?```/).forEach((piece, number) => {
    if (number % 2) out.append(box(piece));
    else paragraphs(piece, out);
  });
  return out;
}

function paragraphs(text, out) {
  let list = null;
  for (const line of text.split("\n")) {
    const heading = /^(#{1,6}) +(.*)/.exec(line);
    const item = /^ *(?:[-*+]|(\d+)\.) +(.*)/.exec(line);
    const quote = /^> ?(.*)/.exec(line);
    if (!item) list = null;
    if (item) {
      if (!list) out.append((list = h(item[1] ? "ol" : "ul")));
      list.append(h("li", {}, inline(item[2])));
    } else if (heading) out.append(h("p", { class: "heading" }, inline(heading[2])));
    else if (quote) out.append(h("blockquote", {}, inline(quote[1])));
    else if (/^ *(-{3,}|\*{3,})$/.test(line)) out.append(h("hr"));
    else if (line.trim()) out.append(h("p", {}, inline(line)));
  }
}

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index) nodes.push(rest.slice(0, found.index));
    nodes.push(piece(found));
    rest = rest.slice(found.index + found[0].length);
  }
  return rest ? [...nodes, rest] : nodes;
}

function piece(found) {
  if (found[1] !== undefined) return h("code", {}, found[1]);
  const strong = found[2] ?? found[3];
  if (strong !== undefined) return h("strong", {}, inline(strong));
  const slanted = found[4] ?? found[5];
  if (slanted !== undefined) return h("em", {}, inline(slanted));
  if (found[6] !== undefined) return h("s", {}, inline(found[6]));
  return link(found[8], found[7]);
}
