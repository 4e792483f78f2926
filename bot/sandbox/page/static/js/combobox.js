// A field to type in, and under it what the app offers: the external selects.

import { fill, h, newId } from "./dom.js";

const QUERY = 3; // min_query_length where the app gives none
const PAUSE = 150; // milliseconds without a key before the app is asked

/** An external select, of one option or of several. It fires `change` on `node` when something was chosen. */
export class Combobox {
  constructor(it, before, how) {
    this.lookUp = how.lookUp;
    this.many = it.type.startsWith("multi_");
    this.least = it.min_query_length ?? QUERY;
    this.chosen = before?.selected_options ?? it.initial_options ?? [before ? before.selected_option : it.initial_option].filter(Boolean);
    this.waiting = 0;
    const id = newId("offers");
    const label = how.name ?? how.label;
    this.list = h("ul", { id, class: "offers", role: "listbox", "aria-label": label, "aria-multiselectable": this.many || null, hidden: true });
    this.field = h("input", {
      id: how.id,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: it.placeholder?.text ?? "Type to search",
      autofocus: it.focus_on_load,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": how.label,
      "aria-describedby": how.describedBy,
      "aria-required": how.required ? "true" : null,
      data: { focus: it.action_id },
      on: {
        keydown: (event) => this.#key(event),
        input: () => this.#typed(),
        click: () => this.#ask(0),
        blur: () => this.#leave(),
        change: (event) => event.stopPropagation(), // words are no choice
      },
    });
    this.said = h("p", { class: "hint", role: "status" });
    this.tags = h("p", { class: "tags" });
    this.node = h("div", { class: "external" }, this.many ? this.tags : null, this.field, this.list, this.said);
    this.#show();
  }

  read() {
    const values = this.chosen.map((option) => option.value);
    return this.many ? values : (values[0] ?? null);
  }

  /** Have these options chosen, without telling anybody. */
  restore(chosen) {
    this.chosen = chosen;
    this.#show();
  }

  #show() {
    this.field.value = this.many ? "" : (this.chosen[0]?.text.text ?? "");
    const drop = (option) => this.#choose(this.chosen.filter((one) => one !== option));
    fill(this.tags, this.chosen.map((option) => h("button", { type: "button", class: "tag", "aria-label": `Remove ${option.text.text}`, on: { click: () => drop(option) } }, option.text.text, " ✕")));
  }

  /** What was typed; a choice that stands there untouched is no question. */
  #query() {
    return this.field.value === this.chosen[0]?.text.text && !this.many ? "" : this.field.value;
  }

  #typed() {
    if (!this.many && this.field.value === "") this.chosen = [];
    this.#ask(PAUSE);
  }

  #ask(pause) {
    clearTimeout(this.waiting);
    const query = this.#query();
    if (query.length < this.least) return void this.#close();
    this.waiting = setTimeout(async () => {
      this.said.textContent = "Looking…";
      const offered = await this.lookUp(query);
      if (this.field.isConnected && this.#query() === query) this.#offer(offered);
    }, pause);
  }

  #offer(offered) {
    const on = new Set(this.chosen.map((option) => option.value));
    const rows = offered.map((option, number) => {
      const take = (event) => (event.preventDefault(), this.#take(option));
      const props = { id: `${this.list.id}-${number}`, role: "option", "aria-selected": String(on.has(option.value)), on: { mousedown: take } };
      return h("li", props, option.text.text, option.description ? h("small", {}, option.description.text) : null);
    });
    rows.forEach((row, number) => (row.taken = () => this.#take(offered[number])));
    fill(this.list, rows);
    this.list.hidden = rows.length === 0;
    this.field.setAttribute("aria-expanded", String(rows.length > 0));
    this.said.textContent = rows.length ? "" : "No results";
    this.#mark(this.#query() ? rows[0] : null);
  }

  #mark(row) {
    for (const one of this.list.children) one.classList.toggle("now", one === row);
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
    else this.field.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const rows = [...this.list.children];
    const open = !this.list.hidden;
    const now = rows.findIndex((row) => row.classList.contains("now"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.#ask(0);
      const next = event.key === "ArrowDown" ? now + 1 : now - 1;
      this.#mark(rows.at(next === -2 ? -1 : next % rows.length));
    } else if (event.key === "Enter" && (open || this.#query())) {
      event.preventDefault(); // words that nobody has chosen from are not sent off with what was chosen before
      if (open) rows[now]?.taken();
      else this.#ask(0);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.#leave();
    }
  }

  #take(option) {
    const others = this.many ? this.chosen.filter((one) => one.value !== option.value) : [];
    this.#choose([...others, option]);
  }

  #choose(options) {
    this.chosen = options;
    this.#close();
    this.#show();
    this.node.dispatchEvent(new Event("change"));
  }

  #leave() {
    clearTimeout(this.waiting);
    this.#close();
    this.#show();
  }

  #close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.said.textContent = "";
    this.#mark(null);
  }
}
