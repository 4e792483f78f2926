// The machine room: the bot's process, the machines, what can be broken, and the calls.

import { get, turn } from "./api.js";
import { startCalls } from "./calls.js";
import { fill, h, keepingFocus, newId } from "./dom.js";
import { cloudKnobs, slackKnobs } from "./faults.js";
import { machines } from "./machines.js";
import { on, state, tell } from "./state.js";
import { TRY } from "./try.js";

/** Draw it, now and whenever something changes. */
export function startPanel() {
  const panel = document.querySelector("#panel");
  const bot = h("div", {});
  const fleet = h("ul", { class: "machines" });
  const cloud = h("div", {});
  const slack = h("div", {});
  const calls = h("div", {});
  panel.append(
    h("header", {}, h("h2", {}, "Machine room"), h("p", { class: "note" }, "Behind the chat: real processes, real protocols, and what can go wrong")),
    h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": "Machine room" }, [
      part("Try", h("ul", { class: "try" }, TRY.map(example))),
      part("The bot", bot, log()),
      part("Machines", fleet),
      part("Break the cloud", cloud),
      part("Break Slack", slack),
      part("Calls", calls),
    ]),
  );
  on("bot", () => keepingFocus(bot, () => fill(bot, process())));
  on("machines", () => keepingFocus(fleet, () => fill(fleet, machines())));
  cloudKnobs(cloud);
  slackKnobs(slack);
  startCalls(calls);
}

function part(name, ...inside) {
  const id = newId("part");
  return h("section", { "aria-labelledby": id }, h("details", { open: true }, h("summary", {}, h("h3", { id }, name)), inside));
}

function example(line) {
  return h("li", {}, h("button", { type: "button", class: "quiet", on: { click: () => tell("compose", line) } }, line));
}

function process() {
  const { state: now, pid, ahead, sockets, http } = state.panel.bot;
  const line = http ? "over HTTP" : `${sockets} Socket Mode connection${sockets === 1 ? "" : "s"}`;
  const words = { serving: "Serving", starting: "Starting…", stopping: "Stopping…", stopped: "Not running" }[now] ?? now;
  const knob = (text, name, style = "", off = false) => h("button", { type: "button", "aria-label": `${text} the bot`, disabled: off, class: `button ${style}`, data: { focus: name }, on: { click: () => turn(name) } }, text);
  const later = (text, minutes) => h("button", { type: "button", class: "button", data: { focus: `later-${minutes}` }, on: { click: () => turn("bot-later", { minutes }) } }, text);
  const right = h("button", { type: "button", class: "button", data: { focus: "right" }, on: { click: () => turn("bot-right") } }, "Right again");
  const up = now === "serving";
  return [
    h("p", { class: `bot-state ${up ? "well" : "ill"}`, role: "status" }, h("span", { "aria-hidden": "true" }, up ? "● " : "○ "), h("strong", {}, words), up ? ` · process ${pid} · ${line}` : ""),
    h("p", { class: "knobs" }, [
      knob("Kill", "bot-kill", "danger", !pid),
      knob("Stop", "bot-stop", "", !pid),
      knob("Start", "bot-start", "primary", Boolean(pid)),
    ]),
    h("p", { class: "knobs" }, [h("span", {}, ahead ? `Its clock is ${Math.round(ahead / 60)} min ahead.` : "Its clock is right."), later("+16 min", 16), later("+9 h", 540), ahead ? right : null]),
    h("p", { class: "note" }, "Kill is SIGKILL, in the middle of whatever it does; Stop is SIGTERM. To move the clock the bot is started again with a clock that is ahead: see approvals and roles run out. Slack's and the cloud's clocks stay."),
  ];
}

function log() {
  const shown = h("pre", { class: "box", tabindex: "0", role: "group", "aria-label": "The bot's log" });
  const load = async () => {
    shown.textContent = ((await get("/log"))?.lines ?? []).join("\n");
    shown.scrollTop = shown.scrollHeight;
  };
  const details = h("details", { class: "log" }, h("summary", {}, "Log"), h("button", { type: "button", class: "quiet", on: { click: load } }, "Read again"), shown);
  details.addEventListener("toggle", () => details.open && load());
  return details;
}
