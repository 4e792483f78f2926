// The middle column: a channel, or the bot's Home tab and its direct messages.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { fill, h, keepingFocus } from "./dom.js";
import { go } from "./go.js";
import { MessageList } from "./list.js";
import { directOf, on, placeName, roots, state } from "./state.js";

/** Draw it, now and whenever something changes. */
export function startPlace() {
  const place = document.querySelector("#place");
  const head = h("header", {});
  const list = new MessageList("Messages");
  const home = h("div", { class: "home", tabindex: "0", role: "group", "aria-label": "Home tab" });
  const composer = new Composer("composer", () => ({ channel: state.place }));
  place.append(head, list.scroller, home, composer.element);
  let shown = "";
  const draw = () => {
    const here = `${state.me}/${state.place}`;
    const atHome = state.homeTab && state.tab === "home" && state.place === directOf(state.me);
    keepingFocus(head, () => fill(head, heading()));
    list.scroller.hidden = composer.element.hidden = atHome;
    home.hidden = !atHome;
    if (atHome) keepingFocus(home, () => fill(home, homeTab()));
    list.show(roots(state.place), (message) => go({ thread: message.ts }));
    if (shown !== here) (list.toEnd(), composer.moved());
    shown = here;
  };
  for (const event of ["all", "moved", "channel", "views"]) on(event, draw);
  on("message", ({ message }) => {
    if (message.channel === state.place) draw();
  });
}

function heading() {
  const direct = state.place === directOf(state.me);
  const channel = state.channels.get(state.place);
  const note = direct ? "App" : channel?.is_archived ? "Archived" : channel?.is_private ? `Private, ${channel.members.length} members${botNote(channel)}` : `${channel?.members.length ?? 0} members${botNote(channel)}`;
  return [h("h2", { id: "place-title" }, direct || channel?.is_private ? "" : "# ", placeName(state.place)), h("p", { class: "note" }, note), direct && state.homeTab ? tabs() : null];
}

const botNote = (channel) => (channel?.members.includes(state.bot) ? "" : ", the bot is not one of them");

function tabs() {
  const tab = (name, words) =>
    h("button", { type: "button", "aria-current": state.tab === name ? "true" : null, data: { focus: `tab-${name}` }, on: { click: () => openTab(name) } }, words);
  return h("div", { class: "tabs" }, tab("home", "Home"), tab("messages", "Messages"));
}

function openTab(name) {
  go({ tab: name });
  act(state.me, "opens-home", { tab: name });
}

function homeTab() {
  const view = state.views[state.me]?.home;
  if (!view) return h("p", { class: "empty" }, "The app has not published a Home tab for you.");
  return blocks(view.blocks, { at: { view: view.id }, state: view.state.values });
}
