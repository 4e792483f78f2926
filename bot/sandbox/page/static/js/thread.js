// The column of one thread: the message, its replies, a field to answer in.

import { Composer } from "./composer.js";
import { fill, h } from "./dom.js";
import { go } from "./go.js";
import { MessageList } from "./list.js";
import { messageAt, on, placeName, replies, state } from "./state.js";

/** Draw it, now and whenever something changes. */
export function startThread() {
  const thread = document.querySelector("#thread");
  const where = h("p", { class: "note" });
  const close = h("button", { type: "button", class: "icon", "aria-label": "Close thread", on: { click: shut } }, "✕");
  const title = h("h2", { tabindex: "-1" }, "Thread");
  const list = new MessageList("Messages of the thread");
  const composer = new Composer("reply", () => ({ channel: state.place, thread: state.thread }));
  thread.append(h("header", {}, title, where, close), list.scroller, composer.element);
  thread.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(":popover-open")) shut();
  });
  let shown = null;
  const draw = () => {
    const root = state.thread ? messageAt(state.place, state.thread) : null;
    thread.hidden = !root;
    document.body.dataset.thread = root ? "open" : "shut";
    if (!root) return void (shown = null);
    fill(where, placeName(state.place));
    list.show([root, ...replies(root.channel, root.ts)]);
    if (shown !== state.thread) {
      composer.moved();
      title.focus({ preventScroll: true });
      list.toStart();
    }
    shown = state.thread;
  };
  for (const event of ["all", "moved"]) on(event, draw);
  on("message", ({ message }) => {
    if (state.thread && message.channel === state.place) draw();
  });
}

function shut() {
  const ts = state.thread;
  go({ thread: null, screen: "place" });
  document.querySelector(`#place article[data-ts="${CSS.escape(ts)}"] .replies`)?.focus();
}
