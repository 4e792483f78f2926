// The dialog that a button can ask before it acts.

import { h, newId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** Ask; true for a yes. */
export function confirmed(confirm) {
  const title = newId("confirm");
  const yes = h("button", { type: "button", class: `button ${confirm.style ?? "primary"}` }, textObject(confirm.confirm));
  const no = h("button", { type: "button", class: "button" }, textObject(confirm.deny));
  const dialog = h(
    "dialog",
    { class: "confirm", "aria-labelledby": title, "aria-describedby": `${title}-text` },
    h("h2", { id: title }, textObject(confirm.title)),
    h("div", { id: `${title}-text` }, textObject(confirm.text)),
    h("div", { class: "feet" }, no, yes),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = false;
    yes.addEventListener("click", () => ((answer = true), dialog.close()));
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => (dialog.remove(), resolve(answer)));
    dialog.showModal();
    no.focus();
  });
}
