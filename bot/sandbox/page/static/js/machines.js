// The machines: how each is, what runs there, and what can be done to it.

import { turn } from "./api.js";
import { h } from "./dom.js";
import { state } from "./state.js";

/** A row for each. */
export function machines() {
  return state.panel.machines.machines.map(row);
}

function row(machine) {
  const up = machine.status === "Running";
  const well = up && machine.agent_online && !machine.failing;
  const facts = [
    machine.status,
    up ? `agent ${machine.agent_online ? "online" : "offline"}` : "",
    machine.queued ? `${machine.queued} queued` : "",
    `${machine.runs} run${machine.runs === 1 ? "" : "s"}`,
    ...Object.entries(machine.services).map(([service, now]) => `${service} ${now}`),
  ];
  return h(
    "li",
    { class: well ? "well" : "ill" },
    h("div", {}, h("span", { "aria-hidden": "true" }, well ? "● " : "○ "), h("strong", {}, machine.name), machine.os === "windows" ? " (Windows)" : ""),
    h("p", { class: "note" }, facts.filter(Boolean).join(" · "), latest(machine)),
    underWay(machine).map((words) => h("p", { class: "under-way" }, words)),
    h("p", { class: "knobs" }, [
      toggle(machine, "Agent offline", "agent", !machine.agent_online, (on) => !on),
      toggle(machine, "Stopped", "power", !up, (on) => !on),
      toggle(machine, "Slow", "slow", machine.start_delay > 0, (on) => on),
      toggle(machine, "Failing", "failing", Boolean(machine.failing), (on) => on),
    ]),
  );
}

const GOING = new Set(["Pending", "Running", "Stopping"]);

/** What runs there: the name that the bot gave it, and what ECS calls its state. */
function underWay(machine) {
  return runsOn(machine).filter((one) => GOING.has(one.status)).map((one) => `▸ ${one.name} ${one.status}`);
}

function latest(machine) {
  const last = runsOn(machine).filter((one) => !GOING.has(one.status)).at(-1);
  return last ? ` · last: ${last.name} ${last.status}` : null;
}

function runsOn(machine) {
  const all = state.panel.machines.invocations.filter((one) => machine.instance_id in one.runs);
  return all.map((one) => ({ name: one.name || one.invoke_id, status: one.runs[machine.instance_id] }));
}

function toggle(machine, words, what, pressed, given) {
  const props = {
    type: "button",
    class: "toggle",
    "aria-pressed": String(pressed),
    "aria-label": `${machine.name}: ${words}`,
    data: { focus: `${machine.name}-${what}` },
    on: { click: () => turn("machine", { machine: machine.name, set: what, on: given(!pressed) }) },
  };
  return h("button", props, words);
}
