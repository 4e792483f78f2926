// What a screen reader is told of a new message: its top-level text, as Slack does it. And short notes for all.

import { fill, h } from "./dom.js";
import { go } from "./go.js";
import { plain } from "./mrkdwn.js";
import { isMeantFor, isReply, nameOf, on, placeName, state } from "./state.js";

const KEPT = 20;

/** Say new messages that the person sees. */
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

/** Short notes: troubles, what Slack says, and what came for the person while they look elsewhere. */
export function startToasts() {
  const toasts = document.querySelector("#toasts");
  const away = () => fill(toasts);
  const note = (words, ...more) => {
    const close = h("button", { type: "button", class: "icon", "aria-label": "Dismiss", on: { click: away } }, "✕");
    fill(toasts, h("div", { class: "toast" }, h("span", {}, words), more, close));
  };
  on("trouble", (words) => note(words));
  on("notice", (notice) => {
    if (notice.user === state.me) note(`Slack: ${notice.text}`);
  });
  on("message", ({ message, how }) => {
    const here = message.channel === state.place && state.tab === "messages";
    if (how !== "posted" || here || !isMeantFor(message)) return;
    const thread = isReply(message) ? message.thread_ts : null;
    const look = h("button", { type: "button", class: "button", on: { click: () => go({ place: message.channel, tab: "messages", thread }) } }, "Look");
    note(`${nameOf(message.user)} in ${placeName(message.channel)}: ${plainWords(message.text).slice(0, 120)}`, look);
  });
  on("moved", away);
  on("acted", away);
}
