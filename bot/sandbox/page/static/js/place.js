// The middle column: a channel, or the bot's Home tab and its direct messages.

import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { fill, h, keepingFocus } from "./dom.js";
import { go } from "./go.js";
import { MessageList } from "./list.js";
import { directOf, on, placeName, roots, state, tell } from "./state.js";
import { TRY } from "./try.js";

/** Draw it, now and whenever something changes. */
export function startPlace() {
  const place = document.querySelector("#place");
  const head = h("header", {});
  const list = new MessageList("Messages");
  const empty = h("div", { class: "beginning" });
  list.scroller.prepend(empty);
  const archived = h("p", { class: "closed" }, "This channel is archived: nobody writes here any more.");
  const home = h("div", { class: "home", tabindex: "0", role: "group", "aria-label": "Home tab" });
  const composer = new Composer("composer", () => ({ channel: state.place }));
  place.append(head, list.scroller, home, composer.element, archived);
  let shown = "";
  const draw = () => {
    const here = `${state.me}/${state.place}`;
    const atHome = state.homeTab && state.tab === "home" && state.place === directOf(state.me);
    keepingFocus(head, () => fill(head, heading()));
    list.scroller.hidden = atHome;
    home.hidden = !atHome;
    archived.hidden = !state.channels.get(state.place)?.is_archived;
    composer.element.hidden = atHome || !archived.hidden;
    if (atHome) keepingFocus(home, () => fill(home, homeTab()));
    const messages = roots(state.place);
    keepingFocus(empty, () => fill(empty, messages.length ? null : beginning()));
    list.show(messages, (message) => go({ thread: message.ts }), state.since);
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

/** Where nothing stands yet: what one could begin with. */
function beginning() {
  const channel = state.channels.get(state.place);
  const direct = state.place === directOf(state.me);
  const line = (words) => h("button", { type: "button", class: "quiet line", data: { focus: words }, on: { click: () => tell("compose", words) } }, words);
  if (direct) return [h("h3", {}, `You and ${placeName(state.place)}`), h("p", {}, "It writes to you here, and takes a line without the slash:"), line("run mem web-prod")];
  if (!channel || channel.is_archived) return null;
  if (!channel.members.includes(state.bot)) return [h("h3", {}, `The beginning of ${channel.name}`), h("p", {}, "The bot is not in this channel, and can't post here. Invite it:"), line(`/invite @${state.users.get(state.bot).name}`)];
  return [h("h3", {}, `The beginning of ${channel.name}`), h("p", {}, "Choose a line, and send it:"), TRY.slice(0, 3).map(line)];
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
