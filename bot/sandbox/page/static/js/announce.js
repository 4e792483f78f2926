// What a screen reader is told of a new message: its top-level text, as Slack does it.

import { fill, h } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { isReply, nameOf, on, placeName, state } from "./state.js";

const KEPT = 20;

/** Say new messages that the person sees, and changes of those in the open thread or channel. */
export function startAnnouncing() {
  const said = document.querySelector("#said");
  on("message", ({ message, how }) => {
    if (how !== "posted" || !message.seen_by.includes(state.me) || message.user === state.me) return;
    const where = isReply(message) ? `thread in ${placeName(message.channel)}` : placeName(message.channel);
    const only = message.ephemeral_to ? ", only visible to you" : "";
    said.append(h("p", {}, `${nameOf(message.user)} in ${where}${only}: ${plainWords(message.text)}`));
    while (said.children.length > KEPT) said.firstElementChild.remove();
  });
  on("all", () => fill(said));
}

function plainWords(text) {
  return plain(text.replace(/<@(\w+)(\|[^>]*)?>/g, (_, user) => `@${nameOf(user)}`).replace(/[*_~`]/g, ""));
}

/** A short note that goes away by itself when the next one comes. */
export function startToasts() {
  const toasts = document.querySelector("#toasts");
  const note = (words) => {
    const close = h("button", { type: "button", class: "icon", "aria-label": "Dismiss", on: { click: () => fill(toasts) } }, "✕");
    fill(toasts, h("div", { class: "toast" }, h("span", {}, words), close));
  };
  on("trouble", note);
  on("notice", (notice) => {
    if (notice.user === state.me) note(`Slack: ${notice.text}`);
  });
}
