// Times in the reader's own zone, as Slack shows them.

const two = (number) => String(number).padStart(2, "0");

/** 03:12. */
export function clock(seconds) {
  const at = new Date(seconds * 1000);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** 03:12:07. */
export function clockSeconds(seconds) {
  return `${clock(seconds)}:${two(new Date(seconds * 1000).getSeconds())}`;
}

/** The moment for people who point at it, and for machines. */
export function full(seconds) {
  return new Date(seconds * 1000).toLocaleString();
}

/** A date token's `format` at `seconds`; null where it can't be read, so that the fallback shows. */
export function dateToken(seconds, format) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return null;
  const day = (options) => at.toLocaleDateString("en-US", options);
  const long = { month: "long", day: "numeric", year: "numeric" };
  const short = { ...long, month: "short" };
  const whole = { weekday: "long", ...long };
  const forms = {
    date_num: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    date: day(long),
    date_short: day(short),
    date_long: day(whole),
    date_pretty: pretty(at, day(long)),
    date_short_pretty: pretty(at, day(short)),
    date_long_pretty: pretty(at, day(whole)),
    time: clock(seconds),
    time_secs: clockSeconds(seconds),
    ago: ago(seconds),
  };
  return format.replace(/\{(\w+)\}/g, (found, name) => forms[name] ?? found);
}

function pretty(at, otherwise) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise;
}

function ago(seconds) {
  const past = Date.now() / 1000 - seconds;
  for (const [size, unit] of [[86_400, "day"], [3_600, "hour"], [60, "minute"]]) {
    if (Math.abs(past) >= size) {
      const count = Math.floor(Math.abs(past) / size);
      const words = `${count} ${unit}${count > 1 ? "s" : ""}`;
      return past > 0 ? `${words} ago` : `in ${words}`;
    }
  }
  return "just now";
}
