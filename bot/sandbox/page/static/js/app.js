// The page put together: it listens, and each part draws itself.

import { startAnnouncing, startToasts } from "./announce.js";
import { listen } from "./api.js";
import { follow } from "./go.js";
import { startModals } from "./modal.js";
import { startPanel } from "./panel.js";
import { startPlace } from "./place.js";
import { startSide } from "./side.js";
import { state, takeAll, takeMessage, tell } from "./state.js";
import { startThread } from "./thread.js";

const TAKE = {
  all: (it) => (takeAll(it), follow()),
  message: (it) => takeMessage(it.message, it.how),
  views: (it) => ((state.views[it.user] = it.views), tell("views")),
  channel: (it) => (state.channels.set(it.channel.id, it.channel), tell("channel")),
  notice: (it) => tell("notice", it),
  machines: (it) => ((state.panel.machines = it), tell("machines")),
  faults: (it) => ((state.panel.faults = it), tell("faults")),
  bot: (it) => ((state.panel.bot = it), tell("bot")),
  cloud_calls: (it) => calls("cloud", it.calls),
  slack_calls: (it) => calls("slack", it.calls),
};

function calls(side, fresh) {
  const known = state.panel.calls[side];
  const news = known.size > 0 && side === "slack";
  for (const [number, call] of Object.entries(fresh)) {
    known.set(Number(number), call);
    if (news && call.error) tell("trouble", `Slack refused the bot's ${call.name}: ${call.error}`);
  }
  tell("calls");
}

startAnnouncing();
startToasts();
startSide();
startPlace();
startThread();
startPanel();
startModals();
window.addEventListener("popstate", () => follow(location.hash.split("/")[3] ? "thread" : "place"));
const lost = document.querySelector("#lost");
listen(
  (it) => TAKE[it.kind]?.(it),
  (gone) => {
    lost.hidden = !gone;
    lost.textContent = gone ? "The sandbox does not answer. If it has ended, start it again and open the address that it prints." : "";
  },
);
