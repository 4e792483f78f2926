// Slack's names for the pictures that an operations channel uses. A name that is not here stays as it was written.

import { h } from "./dom.js";

const PICTURES = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_right: "➡️", arrows_counterclockwise: "🔄", bell: "🔔", bulb: "💡",
  bust_in_silhouette: "👤", chart_with_upwards_trend: "📈", clipboard: "📋", clock3: "🕒", computer: "💻",
  construction: "🚧", eyes: "👀", fire: "🔥", gear: "⚙️", hand: "✋", heavy_check_mark: "✔️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", information_source: "ℹ️", key: "🔑", large_blue_circle: "🔵", large_green_circle: "🟢",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", lock: "🔒", mag: "🔍", memo: "📝", no_entry: "⛔",
  no_entry_sign: "🚫", octagonal_sign: "🛑", page_facing_up: "📄", paperclip: "📎", pencil: "📝", question: "❓",
  raised_hand: "✋", red_circle: "🔴", repeat: "🔁", rocket: "🚀", rotating_light: "🚨", skull: "💀", snail: "🐌",
  stopwatch: "⏱️", tada: "🎉", thumbsup: "👍", unlock: "🔓", warning: "⚠️", wave: "👋", white_check_mark: "✅",
  white_circle: "⚪", wrench: "🔧", x: "❌", zap: "⚡",
};

/** The picture of `:name:`, or the name between its colons. */
export const emoji = (name) => PICTURES[name] ?? `:${name}:`;

/** `text` with each `:name:` that is known as its picture. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));

const DRAWN = /([⏰⏸✋❓🚨🔒])\ufe0f?/u; // as images, which Slack makes of all of them: not every computer has them as letters

/** `text` as nodes. */
export function drawn(text) {
  return text.split(DRAWN).filter(Boolean).map((part) => (DRAWN.test(part) ? picture(part) : part));
}

/** One of these as an image; `decoration` says nothing to a screen reader. */
export function picture(character, decoration = false) {
  const name = character.codePointAt(0).toString(16);
  return h("img", { class: "emoji", src: `/static/emoji/${name}.svg`, alt: decoration ? "" : character });
}
