// Elements are made here, and text stays text: nothing on this page is ever parsed as markup.

/** An element. `props` are attributes, except `on` (listeners), `data` (dataset) and `class`. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put `children` in place of what `element` holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/** Draw anew inside `element`, and leave the focus on what stands for the same thing afterwards. */
export function keepingFocus(element, draw) {
  const had = element.contains(document.activeElement) ? document.activeElement : null;
  const name = had?.dataset?.focus;
  draw();
  if (!had || element.contains(document.activeElement)) return;
  const again = name && [...element.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === name && !one.disabled);
  const target = again ?? element.querySelector("[tabindex='-1']") ?? element.closest("[tabindex]");
  target?.focus({ preventScroll: true });
}

let made = 0;

/** An id that no other element has. */
export function newId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}
