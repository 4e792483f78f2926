// What the page knows: the workspace, whose eyes it has, and what has been read. It hears of changes here.

export const state = {
  me: "U0ONCALL",
  place: "C0OPS",
  tab: "messages",
  thread: null,
  since: Infinity,
  team: {},
  bot: "",
  users: new Map(),
  channels: new Map(),
  groups: {},
  messages: new Map(),
  views: {},
  commands: [],
  shortcuts: [],
  homeTab: false,
  panel: { machines: { machines: [], invocations: [] }, faults: { cloud: {}, slack: {}, cut_off: false }, bot: {}, calls: { cloud: new Map(), slack: new Map() } },
};

const read = new Map();
const listeners = new Map();

/** Call `listener` on each event of this name. */
export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

/** Tell all who listen. */
export function tell(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

const key = (message) => `${message.channel}/${message.ts}`;

/** Take in the whole workspace. */
export function takeAll(all) {
  state.team = all.team;
  state.bot = all.bot;
  state.groups = all.groups;
  state.commands = all.commands;
  state.shortcuts = all.shortcuts;
  state.homeTab = all.home_tab;
  state.users = new Map(all.users.map((user) => [user.id, user]));
  state.channels = new Map(all.channels.map((channel) => [channel.id, channel]));
  state.messages = new Map(all.messages.map((message) => [key(message), message]));
  state.views = all.views;
  for (const user of people())
    for (const channel of state.channels.keys()) if (!read.has(person(user.id, channel))) markRead(channel, user.id);
  tell("all");
}

/** Take in one message, new or changed or gone. */
export function takeMessage(message, how) {
  if (message.deleted) state.messages.delete(key(message));
  else state.messages.set(key(message), message);
  const looking = message.channel === state.place && state.tab === "messages" && !document.hidden;
  if (looking && message.seen_by.includes(state.me)) markRead(message.channel);
  tell("message", { message, how });
}

const person = (user, channel) => `${user}/${channel}`;

/** The direct conversation of a person and the bot. */
export const directOf = (user) => `D${user.slice(1)}`;

/** Whether it is a reply in a thread. */
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** What `user` sees of a channel outside threads, oldest first. */
export function roots(channel, user = state.me) {
  return seen(user).filter((message) => message.channel === channel && !isReply(message));
}

/** The replies under a message, oldest first. */
export function replies(channel, ts, user = state.me) {
  return seen(user).filter((message) => message.channel === channel && isReply(message) && message.thread_ts === ts);
}

function seen(user) {
  const found = [...state.messages.values()].filter((message) => message.seen_by.includes(user));
  return found.sort((one, other) => Number(one.ts) - Number(other.ts));
}

/** The message at `ts`, if it is there. */
export const messageAt = (channel, ts) => state.messages.get(`${channel}/${ts}`);

/** All up to now has been read by `user`. */
export function markRead(channel, user = state.me) {
  const newest = seen(user).filter((message) => message.channel === channel).at(-1);
  read.set(person(user, channel), Number(newest?.ts ?? 0));
}

/** Up to when `user` has read it, in seconds. */
export const readUpTo = (channel, user = state.me) => read.get(person(user, channel)) ?? 0;

/** Whether it is meant for `user`: to them alone, or naming them. */
export function isMeantFor(message, user = state.me) {
  if (message.user === user || !message.seen_by.includes(user)) return false;
  return message.channel === directOf(user) || message.ephemeral_to === user || mentions(message, user);
}

/** How much is new for `user` anywhere, and meant for them. */
export function waitingFor(user = state.me) {
  return [...state.channels.keys()].reduce((sum, channel) => sum + unread(channel, user).meant, 0);
}

/** How many messages `user` has not seen yet, and how many of them are meant for them. */
export function unread(channel, user = state.me) {
  const since = readUpTo(channel, user);
  const fresh = seen(user).filter((m) => m.channel === channel && Number(m.ts) > since && m.user !== user);
  const meant = fresh.filter((m) => isMeantFor(m, user));
  return { fresh: fresh.length, meant: meant.length };
}

function mentions(message, user) {
  return `${message.text} ${JSON.stringify(message.blocks ?? "")}`.includes(`<@${user}>`);
}

/** The name of a person, as it is shown. */
export function nameOf(user) {
  const known = state.users.get(user);
  return known?.real_name || known?.profile.real_name || user;
}

/** The name of a channel, as it is shown. */
export function placeName(id) {
  const channel = state.channels.get(id);
  if (id.startsWith("D")) return nameOf(state.bot);
  return channel?.name ?? id;
}

/** The people that one can be: no bots, nobody deactivated. */
export function people() {
  return [...state.users.values()].filter((user) => !user.is_bot && !user.deleted);
}
