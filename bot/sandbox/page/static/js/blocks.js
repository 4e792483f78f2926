// Block Kit, block by block. `where` says in which message or view a block stands, for what is pressed in it.

import { control, element } from "./elements.js";
import { h, newId } from "./dom.js";
import { markdown } from "./markdown.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const DRAWN = {
  actions: (block, where) => h("div", { class: "actions" }, block.elements.map((it) => element(it, block, where))),
  context: (block, where) => h("div", { class: "context" }, block.elements.map((it) => contextPart(it, block, where))),
  divider: () => h("hr"),
  file: () => null,
  header: (block) => h("p", { class: "header", role: "heading", "aria-level": "3" }, textObject(block.text)),
  image: (block) => h("p", { class: "picture" }, `[image: ${block.title?.text ?? ""} ${block.alt_text}]`),
  input: inputBlock,
  markdown: (block) => markdown(block.text),
  rich_text: richText,
  section,
  table,
};

/** The nodes of all blocks; one that is not drawn here says so. */
export function blocks(all, where) {
  return all.map((block) => {
    const draw = DRAWN[block.type];
    if (!draw) return h("p", { class: "unsupported" }, `This page does not draw the block “${block.type}”. Slack does.`);
    const node = draw(block, where);
    if (node && block.block_id) node.dataset.block = block.block_id;
    return node;
  });
}

function section(block, where) {
  const words = h("div", { class: "section-text" });
  if (block.text) words.append(h("div", {}, block.text.type === "mrkdwn" ? mrkdwn(block.text.text) : textObject(block.text)));
  if (block.fields) words.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, textObject(field)))));
  const beside = block.accessory ? h("div", { class: "accessory" }, element(block.accessory, block, where)) : null;
  return h("div", { class: "section" }, words, beside);
}

function contextPart(it, block, where) {
  return it.type === "image" ? element(it, block, where) : h("span", {}, textObject(it));
}

function inputBlock(block, where) {
  const id = newId("input");
  const hint = block.hint ? h("p", { class: "hint", id: `${id}-hint` }, textObject(block.hint)) : null;
  const error = h("p", { class: "error", id: `${id}-error`, data: { error: block.block_id } });
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const made = control(block.element, block, where, { id, name: block.label.text, required: !block.optional, describedBy: `${hint ? `${id}-hint ` : ""}${id}-error` });
  const named = made.grouped
    ? h("span", { class: "label", id: `${id}-label` }, textObject(block.label), optional)
    : h("label", { class: "label", for: id }, textObject(block.label), optional);
  if (made.grouped) made.node.setAttribute("aria-labelledby", `${id}-label`);
  return h("div", { class: "input" }, named, made.node, hint, error);
}

function table(block) {
  const [head, ...rows] = block.rows;
  const align = (number) => `align-${block.column_settings?.[number]?.align ?? "left"}`;
  const cell = (tag) => (it, number) =>
    h(tag, { class: align(number), scope: tag === "th" ? "col" : null }, it.type === "rich_text" ? richText(it) : it.text);
  return h(
    "div",
    { class: "table", tabindex: "0", role: "group", "aria-label": "Table" },
    h("table", {}, h("thead", {}, h("tr", {}, (head ?? []).map(cell("th")))), h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td")))))),
  );
}
