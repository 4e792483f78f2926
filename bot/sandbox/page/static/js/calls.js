// The calls that the bot made, newest first: what was asked, and what was answered.

import { get } from "./api.js";
import { clockSeconds } from "./dates.js";
import { fill, h, newId } from "./dom.js";
import { box } from "./mrkdwn.js";
import { on, state } from "./state.js";

const SHOWN = 60;
const rows = new Map();

/** Draw them in `place`, now and as they come. */
export function startCalls(place) {
  const id = newId("calls");
  const which = h("select", { id, on: { change: draw } }, [["both", "Cloud and Slack"], ["cloud", "Cloud"], ["slack", "Slack"]].map(([value, words]) => h("option", { value }, words)));
  const list = h("ol", { class: "calls" });
  fill(place, h("p", {}, h("label", { for: id }, "Show"), which), list);
  function draw() {
    const sides = which.value === "both" ? ["cloud", "slack"] : [which.value];
    const all = sides.flatMap((side) => [...state.panel.calls[side]].map(([number, call]) => ({ side, number, call })));
    all.sort((one, other) => other.call.at - one.call.at);
    const wanted = all.slice(0, SHOWN).map(row);
    const keep = new Set(wanted);
    for (const item of [...list.children]) if (!keep.has(item)) item.remove();
    wanted.forEach((item, number) => list.children[number] !== item && list.insertBefore(item, list.children[number] ?? null));
  }
  on("calls", draw);
}

function row({ side, number, call }) {
  const key = `${side}-${number}`;
  let item = rows.get(key);
  if (!item) {
    const details = h("details", {}, h("summary", {}));
    details.addEventListener("toggle", () => details.open && load(details, side, number));
    item = h("li", {}, details);
    rows.set(key, item);
  }
  if (item.call !== call) {
    const trouble = call.error || call.fault || call.status === 0 || call.status >= 400;
    item.className = trouble ? "ill" : "well";
    const outcome = [call.status || (call.fault ? "cut" : "…"), call.error, call.fault && call.fault !== "cut" ? `(${call.fault})` : ""].filter(Boolean).join(" ");
    fill(item.querySelector("summary"), h("small", {}, clockSeconds(call.at)), ` ${side === "cloud" ? "ECS" : "Slack"} `, h("strong", {}, call.name), " ", h("span", { class: "outcome" }, outcome));
    item.call = call;
  }
  return item;
}

async function load(details, side, number) {
  const all = await get(`/calls/${side}/${number}`);
  const parts = all ? [h("h4", {}, "Asked"), box(JSON.stringify(all.asked, null, 2)), h("h4", {}, "Answered"), box(JSON.stringify(all.answer, null, 2) ?? "nothing")] : [h("p", {}, "No longer kept.")];
  details.replaceChildren(details.querySelector("summary"), ...parts);
}
