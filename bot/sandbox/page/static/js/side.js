// The left column: who one is, the channels, the bot; with what is unread.

import { fill, h, keepingFocus, newId } from "./dom.js";
import { go, show } from "./go.js";
import { directOf, nameOf, on, people, state, unread, waitingFor } from "./state.js";
import { picture } from "./emoji.js";
import { tone } from "./message.js";
import { themeButton } from "./theme.js";

const ROLES = { U0ONCALL: "on call", U0APPROVE: "approver", U0SECOND: "approver", U0ADMIN: "admin", U0STRANGER: "no role", U0GUEST: "guest" };

/** Draw it, now and whenever something changes. */
export function startSide() {
  const side = document.querySelector("#side");
  const head = h("div", { class: "side-head" });
  const places = h("div", { class: "side-places" });
  const foot = h("div", { class: "side-foot" }, themeButton());
  side.append(head, places, foot);
  const draw = () =>
    keepingFocus(side, () => {
      fill(head, h("h1", {}, state.team.name), whoAmI());
      fill(places, group("Channels", channels().map(placeRow)), group("Apps", [placeRow({ id: directOf(state.me), app: true })]));
      title();
    });
  for (const event of ["all", "message", "moved", "channel"]) on(event, draw);
  screens();
}

function whoAmI() {
  const id = newId("me");
  const select = h("select", { id, data: { focus: "me" }, on: { change: () => go({ me: select.value, thread: null, screen: "side" }) } });
  for (const user of people()) {
    const waiting = user.id === state.me ? 0 : waitingFor(user.id);
    const role = ROLES[user.id] ? `, ${ROLES[user.id]}` : "";
    select.append(h("option", { value: user.id }, `${user.real_name}${role}${waiting ? ` (${waiting} new)` : ""}`));
  }
  select.value = state.me;
  return h("div", { class: "who-am-i" }, h("label", { for: id }, "You are"), select, others());
}

/** Who else has something new: one press, and one is that person, before it. */
function others() {
  const waiting = people().filter((user) => user.id !== state.me && waitingFor(user.id));
  const be = (user) => {
    const channel = [directOf(user.id), ...state.channels.keys()].find((one) => unread(one, user.id).meant);
    go({ me: user.id, place: channel, thread: null });
  };
  const button = (user) => h("button", { type: "button", class: "quiet", data: { focus: `be-${user.id}` }, on: { click: () => be(user) } }, `Be ${user.real_name}`, h("span", { class: "badge" }, waitingFor(user.id), h("span", { class: "unseen" }, " new")));
  return h("div", { class: "others" }, waiting.map(button));
}

function channels() {
  const mine = [...state.channels.values()].filter((one) => !one.is_im && one.members.includes(state.me));
  return mine.sort((one, other) => Number(one.is_archived) - Number(other.is_archived));
}

function group(name, rows) {
  const id = newId("group");
  return h("section", { "aria-labelledby": id }, h("h2", { id }, name), h("ul", {}, rows));
}

function placeRow(channel) {
  const { fresh, meant } = unread(channel.id);
  const here = channel.id === state.place;
  const sign = channel.app ? h("span", { class: `avatar small tone-${tone(state.bot)}` }, nameOf(state.bot).slice(0, 1)) : channel.is_private ? picture("🔒", true) : "#";
  const name = channel.app ? state.users.get(state.bot)?.real_name : channel.name;
  const badge = meant ? h("span", { class: "badge" }, meant, h("span", { class: "unseen" }, " new for you")) : null;
  const some = fresh && !meant ? h("span", { class: "unseen" }, " (unread)") : null;
  const props = {
    type: "button",
    class: `place-row${fresh ? " fresh" : ""}${channel.is_archived ? " archived" : ""}`,
    "aria-current": here ? "page" : null,
    data: { focus: `place-${channel.id}` },
    on: { click: () => go({ place: channel.id, thread: null }) },
  };
  return h("li", {}, h("button", props, h("span", {}, h("span", { class: "sign", "aria-hidden": "true" }, sign), name, channel.is_private ? h("span", { class: "unseen" }, " (private)") : null, some), channel.app ? h("span", { class: "app" }, "APP") : null, badge));
}

function title() {
  const waiting = waitingFor();
  document.title = `${waiting ? `(${waiting}) ` : ""}${state.team.name ?? "Sandbox"}`;
}

/** The bar of a narrow screen. */
function screens() {
  const bar = document.querySelector("#screens");
  const names = { side: "Channels", place: "Messages", thread: "Thread", panel: "Machines" };
  const buttons = Object.entries(names).map(([screen, words]) => [screen, h("button", { type: "button", on: { click: () => show(screen) } }, words)]);
  fill(bar, buttons.map(([, button]) => button));
  const mark = () => {
    for (const [screen, button] of buttons) {
      if (document.body.dataset.screen === screen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      if (screen === "thread") button.disabled = !state.thread;
    }
  };
  const badge = h("span", { class: "badge" });
  buttons[0][1].append(" ", badge);
  const count = () => {
    const waiting = people().reduce((sum, user) => sum + waitingFor(user.id), 0);
    badge.hidden = !waiting;
    fill(badge, waiting, h("span", { class: "unseen" }, " new"));
  };
  for (const event of ["all", "message", "moved"]) on(event, count);
  on("screen", mark);
  on("moved", mark);
}
