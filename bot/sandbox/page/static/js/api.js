// What the page asks of the sandbox. Everything that changes something carries the key of this start.

import { tell } from "./state.js";

const KEY = document.querySelector("meta[name=sandbox-key]").content;

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sandbox-Key": KEY },
      body: JSON.stringify(body),
    });
  } catch {
    tell("trouble", "The sandbox does not answer.");
    return { cannot: "no answer" };
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { cannot: text.trim() };
  }
  if (answer.cannot) tell("trouble", answer.cannot);
  return answer;
}

/** Let a person do something. */
export function act(user, doing, given) {
  tell("acted");
  return post(`/people/${user}/${doing}`, given);
}

/** Turn a knob. */
export const turn = (knob, given = {}) => post(`/knobs/${knob}`, given);

/** JSON of the sandbox, or null where there is none. */
export async function get(path) {
  const response = await fetch(path);
  return response.ok ? response.json() : null;
}

/** The words of a file. */
export async function text(path) {
  const response = await fetch(path);
  return response.ok ? response.text() : "";
}

/** Hear what happens from now on; the first event is all there is. */
export function listen(take, lost) {
  const source = new EventSource("/events");
  source.addEventListener("message", (event) => take(JSON.parse(event.data)));
  source.addEventListener("open", () => lost(false));
  source.addEventListener("error", () => lost(true));
}
