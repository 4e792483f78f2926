// Where one types: Enter sends, Shift+Enter breaks the line, arrow up brings back what was typed before.

import { act } from "./api.js";
import { fill, h } from "./dom.js";
import { nameOf, on, people, placeName, state } from "./state.js";

const KEPT = "typed";

/** A field to type in; `where` says to which channel and thread it goes. */
export class Composer {
  constructor(id, where) {
    this.where = where;
    this.past = null;
    this.hints = h("ul", { id: `${id}-hints`, class: "hints", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.line = h("textarea", {
      id: `${id}-line`,
      rows: "1",
      "aria-autocomplete": "list",
      "aria-controls": `${id}-hints`,
      spellcheck: "false",
      autocapitalize: "off",
      data: { focus: "line" },
      on: { keydown: (event) => this.#key(event), input: () => this.#typed(), blur: () => this.#hide() },
    });
    const send = h("button", { type: "submit", class: "button primary", "aria-label": "Send" }, "Send");
    this.element = h("form", { class: "composer", on: { submit: (event) => (event.preventDefault(), this.#send()) } }, this.hints, h("div", { class: "composer-row" }, this.line, send));
    on("compose", (line) => id === "composer" && this.put(line));
  }

  /** The place is another now. */
  moved() {
    const { channel, thread } = this.where();
    const words = thread ? `Reply to the thread in ${placeName(channel)}` : `Message ${placeName(channel)} as ${nameOf(state.me)}`;
    this.line.setAttribute("aria-label", words);
    this.line.placeholder = thread ? "Reply…" : `${words}, or /ecs …`;
    this.past = null;
  }

  /** Have `line` in the field. */
  put(line) {
    this.line.value = line;
    this.line.focus();
    this.line.setSelectionRange(line.length, line.length);
    this.#grow();
    this.#hide();
  }

  async #send() {
    const line = this.line.value.trim();
    if (!line) return;
    remember(line);
    this.past = null;
    this.put("");
    const { channel, thread } = this.where();
    const answer = await act(state.me, "types", { line, channel, thread });
    if (answer.cannot && !this.line.value) this.put(line);
  }

  #key(event) {
    const open = !this.hints.hidden;
    if (event.isComposing) return;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.#step(event, event.key === "ArrowDown" ? 1 : -1);
    else if (open && event.key === "Tab" && !event.shiftKey) this.#take(event);
    else if (open && event.key === "Escape") (event.preventDefault(), this.#hide());
    else if (event.key === "Enter" && !event.shiftKey) {
      if (open && this.#current()) this.#take(event);
      else (event.preventDefault(), this.#send());
    } else if (event.key === "ArrowUp" && this.#atStart()) this.#recall(event, -1);
    else if (event.key === "ArrowDown" && this.past !== null) this.#recall(event, 1);
  }

  #atStart() {
    return this.past !== null || this.line.value === "" || (this.line.selectionStart === 0 && this.line.selectionEnd === 0);
  }

  #recall(event, step) {
    const lines = remembered();
    const at = (this.past ?? lines.length) + step;
    if (at < 0) return;
    event.preventDefault();
    this.past = at < lines.length ? at : null;
    this.put(lines[at] ?? "");
  }

  #typed() {
    this.past = null;
    this.#grow();
    const offers = suggestions(this.line.value, this.line.selectionStart);
    fill(this.hints, offers.map((one, number) => this.#hint(one, number)));
    this.hints.hidden = offers.length === 0;
    this.line.removeAttribute("aria-activedescendant");
  }

  #hint(one, number) {
    const taken = () => (one.use ? (this.put(""), one.use()) : this.put(one.line));
    const row = h("li", { id: `${this.hints.id}-${number}`, role: "option", "aria-selected": "false", on: { mousedown: (event) => (event.preventDefault(), taken()) } }, h("strong", {}, one.name), " ", h("span", {}, one.words));
    row.taken = taken;
    return row;
  }

  #current() {
    return this.hints.querySelector("[aria-selected=true]");
  }

  #step(event, step) {
    event.preventDefault();
    const all = [...this.hints.children];
    const now = this.#current();
    const next = all[(all.indexOf(now) + step + all.length + (now || step > 0 ? 0 : 1)) % all.length];
    now?.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    this.line.setAttribute("aria-activedescendant", next.id);
  }

  #take(event) {
    const taken = this.#current() ?? this.hints.firstElementChild;
    event.preventDefault();
    taken.taken();
  }

  #hide() {
    this.hints.hidden = true;
    this.line.removeAttribute("aria-activedescendant");
  }

  #grow() {
    this.line.style.height = "auto";
    this.line.style.height = `${this.line.scrollHeight + this.line.offsetHeight - this.line.clientHeight}px`;
  }
}

/** What Slack offers: the app's commands with their hints and its shortcuts, people after an @. */
function suggestions(line, caret) {
  if (/^\/\S*$/.test(line)) {
    const fitting = state.commands.filter((one) => one.command.startsWith(line));
    const commands = fitting.map((one) => ({ line: `${one.command} `, name: one.command, words: `${one.usage_hint ?? ""} · ${one.description}` }));
    const shortcuts = state.shortcuts.filter((one) => line === "/" && one.type === "global");
    const use = (one) => () => act(state.me, "uses-shortcut", { shortcut: one.callback_id });
    const bot = state.users.get(state.bot).name;
    if ("/invite".startsWith(line)) commands.push({ line: `/invite @${bot}`, name: "/invite", words: `@${bot} · Slack's own: let somebody into the channel` });
    return [...commands, ...shortcuts.map((one) => ({ use: use(one), name: `⚡ ${one.name}`, words: one.description }))];
  }
  const at = /(^|\s)@(\w*)$/.exec(line.slice(0, caret));
  if (!at) return [];
  const before = line.slice(0, caret - at[2].length);
  const users = [...people(), state.users.get(state.bot)].filter((user) => user?.name.startsWith(at[2].toLowerCase()));
  return users.map((user) => ({ line: `${before}${user.name} ${line.slice(caret).trimStart()}`, name: `@${user.name}`, words: user.real_name }));
}

function remembered() {
  return JSON.parse(sessionStorage.getItem(`${KEPT}-${state.me}`) ?? "[]");
}

function remember(line) {
  const lines = remembered().filter((one) => one !== line);
  sessionStorage.setItem(`${KEPT}-${state.me}`, JSON.stringify([...lines, line].slice(-50)));
}
