// Slack's names for the pictures that an operations channel uses. A name that is not here stays as it was written.

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
