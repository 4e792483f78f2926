// A list of messages that is drawn again only where something changed, and stays where its reader is.

import { h, keepingFocus } from "./dom.js";
import { drawMessage } from "./message.js";
import { replies, state } from "./state.js";

/** The list in `element`: `show(messages, openThread)` brings it up to date. */
export class MessageList {
  constructor(label) {
    this.list = h("ol", { class: "messages" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": label }, this.list);
    this.rows = new Map();
    this.pinned = true; // to the end, until its reader scrolls away
    this.placed = 0;
    this.scroller.addEventListener("scroll", () => this.#scrolled());
    this.size = "";
    new ResizeObserver(() => {
      this.size = this.#size();
      if (this.pinned) this.toEnd();
    }).observe(this.scroller);
  }

  /** `since` is up to when its reader has read: what is later, and not their own, stands under a line. */
  show(messages, openThread, since = Infinity) {
    const fresh = messages.find((message) => Number(message.ts) > since && message.user !== state.me);
    const keep = new Set(messages.map((message) => message.ts));
    for (const [ts, row] of this.rows) if (!keep.has(ts)) (row.item.remove(), this.rows.delete(ts));
    let grown = false;
    messages.forEach((message, number) => {
      const row = this.rows.get(message.ts) ?? this.#added(message.ts);
      grown ||= !row.message;
      const sign = this.#sign(message, openThread);
      if (row.message !== message || row.sign !== sign) keepingFocus(row.item, () => row.item.replaceChildren(drawMessage(message, openThread)));
      row.message = message;
      row.item.classList.toggle("fresh", message === fresh);
      row.sign = sign;
      if (this.list.children[number] !== row.item) this.list.insertBefore(row.item, this.list.children[number] ?? null);
    });
    if (this.pinned || (grown && messages.at(-1)?.user === state.me)) this.toEnd();
  }

  /** Show the end; of a message that is taller than the screen its beginning, where the decision is. */
  toEnd() {
    const last = this.list.lastElementChild;
    const tall = last && last.offsetHeight > this.scroller.clientHeight;
    this.scroller.scrollTop = tall ? last.offsetTop - this.list.offsetTop : this.scroller.scrollHeight;
    this.placed = this.scroller.scrollTop;
    this.pinned = true;
  }

  /** From the top, as a thread is read. */
  toStart() {
    this.scroller.scrollTop = this.placed = 0;
    this.pinned = false;
  }

  /** Its reader has scrolled, unless it is the browser that did, to fit what has another size now. */
  #scrolled() {
    if (this.size !== this.#size()) return;
    this.pinned = this.#low() || this.scroller.scrollTop === this.placed;
  }

  #size() {
    return `${this.scroller.clientWidth} ${this.scroller.clientHeight}`;
  }

  #low() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
  }

  #added(ts) {
    const row = { item: h("li", {}), message: null, sign: "" };
    this.rows.set(ts, row);
    return row;
  }

  #sign(message, openThread) {
    if (!openThread) return state.me;
    const under = replies(message.channel, message.ts);
    return `${state.me} ${under.length} ${under.at(-1)?.ts} ${state.thread === message.ts}`;
  }
}
