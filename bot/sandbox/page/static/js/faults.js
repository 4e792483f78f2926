// What can be broken on the way to the cloud and to Slack: the next calls of one kind.

import { turn } from "./api.js";
import { fill, h, newId } from "./dom.js";
import { on, state } from "./state.js";

const ACTIONS = ["RunCommand", "DescribeInvocations", "DescribeInvocationResults", "StopInvocation", "DescribeInstances", "DescribeCloudAssistantStatus"];
const METHODS = ["chat.update", "chat.postMessage", "chat.postEphemeral", "views.open", "views.publish", "files.completeUploadExternal", "response_url", "*"];
const ERRORS = ["internal_error", "channel_not_found", "not_in_channel", "message_not_found", "invalid_blocks", "invalid_auth", "is_archived", "fatal_error"];

/** Knobs of the cloud. */
export function cloudKnobs(place) {
  const action = select("Call", ACTIONS);
  const times = count();
  const given = () => ({ action: action.value(), times: times.value() });
  draw(place, "Lose the answer to RunCommand, and run something: the bot sends it again with the same ClientToken, and it runs once.", [action, times], "cloud", [
    ["Throttle", "cloud-throttle", given],
    ["Lose the answer", "cloud-lose-answer", given],
    ["Lose the question", "cloud-lose-question", given],
    ["Answer 503", "cloud-fail", given],
    ["Answer 5 s late", "cloud-slow", given],
    ["Mend", "cloud-mend", () => ({})],
  ]);
}

/** Knobs of Slack. */
export function slackKnobs(place) {
  const method = select("Method", METHODS);
  const error = select("Error", ERRORS);
  const times = count();
  const given = () => ({ method: method.value(), times: times.value(), error: error.value() });
  draw(place, "Cut Slack off while something runs, and let it through again: the bot comes back, and delivers what it owes.", [method, times, error], "slack", [
    cutOff,
    ["429, wait 5 s", "slack-ratelimit", given],
    ["Answer 503", "slack-down", given],
    ["Refuse with the error", "slack-refuse", given],
    ["Ask to reconnect", "slack-disconnect", () => ({})],
    ["Cut the socket", "slack-cut", () => ({})],
    ["Lose the next ack", "slack-lose-ack", () => ({})],
    ["Mend", "slack-mend", () => ({})],
  ]);
}

function draw(place, note, fields, side, knobs) {
  const waiting = h("p", { class: "note", role: "status" });
  const buttons = knobs.map((knob) => (typeof knob === "function" ? knob() : button(knob)));
  fill(place, h("p", { class: "note" }, note), h("div", { class: "fields-row" }, fields.map((field) => field.node)), h("p", { class: "knobs" }, buttons), waiting);
  const show = () => {
    const all = Object.entries(state.panel.faults[side]).map(([name, it]) => `${name}: ${Array.isArray(it) ? it.join(", ") : it}`);
    const cut = side === "slack" && state.panel.faults.cut_off ? "Slack is cut off. " : "";
    waiting.textContent = cut + (all.length ? `Waiting for the next calls: ${all.join("; ")}` : cut ? "" : "Nothing is broken.");
  };
  on("faults", show);
}

function button([words, knob, given]) {
  return h("button", { type: "button", class: "button", on: { click: () => turn(knob, given()) } }, words);
}

/** The one knob that stays as it is put. */
function cutOff() {
  const knob = h("button", { type: "button", class: "toggle", on: { click: () => turn("slack-cut-off", { on: !state.panel.faults.cut_off }) } }, "Cut Slack off");
  on("faults", () => (knob.ariaPressed = String(state.panel.faults.cut_off)));
  return knob;
}

function select(label, options) {
  const id = newId("knob");
  const field = h("select", { id }, options.map((name) => h("option", { value: name }, name === "*" ? "any method" : name)));
  return { node: h("p", {}, h("label", { for: id }, label), field), value: () => field.value };
}

function count() {
  const id = newId("knob");
  const field = h("input", { id, type: "number", min: "1", max: "100", value: "1" });
  return { node: h("p", {}, h("label", { for: id }, "Times"), field), value: () => Number(field.value) };
}
