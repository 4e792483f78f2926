// Where one is: whose eyes, which channel, which thread. It stands in the address, so that Back works.

import { directOf, markRead, readUpTo, state, tell, unread } from "./state.js";

let last = "";

/** Go there; what is not given stays. Another channel shuts the thread. */
export function go({ me = state.me, place, thread, tab, screen } = {}) {
  const mineBefore = directOf(state.me);
  const next = place ?? (me !== state.me && state.place === mineBefore ? directOf(me) : state.place);
  const under = thread !== undefined ? thread : next === state.place ? state.thread : null;
  const parts = [me, next, tab ?? (next === state.place ? state.tab : "messages"), under ?? ""];
  const address = `#${parts.join("/")}`;
  if (location.hash !== address) history.pushState(null, "", address);
  follow(screen ?? (thread ? "thread" : "place"));
}

/** Take the place from the address. */
export function follow(screen) {
  const [me, place, tab, thread] = location.hash.slice(1).split("/");
  if (!state.users.has(me)) history.replaceState(null, "", `#${state.me}/${state.place}/${state.tab}/`);
  else {
    state.me = me;
    state.place = place;
    state.tab = tab || "messages";
    state.thread = thread || null;
  }
  const here = `${state.me}/${state.place}`;
  if (here !== last) state.since = unread(state.place).fresh ? readUpTo(state.place) : Infinity;
  last = here;
  markRead(state.place);
  if (screen) show(screen);
  tell("moved");
}

/** On a narrow screen one column is shown: side, place, thread or panel. */
export function show(screen) {
  document.body.dataset.screen = screen;
  tell("screen", screen);
}
