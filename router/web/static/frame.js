// What every page of the desk does: hear changes, dialogs, the presence menu, the keys that work everywhere.

import * as dialogs from "./dialogs.js";
import * as keys from "./keys.js";
import { listen } from "./live.js";

const menu = /** @type {HTMLDetailsElement | null} */ (document.getElementById("presence"));

if (menu) {
  listen();
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    const choices = [...menu.querySelectorAll("button, a, input:not([type=hidden])")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !menu.open) return;
    event.preventDefault();
    const at = choices.indexOf(/** @type {Element} */ (document.activeElement));
    /** @type {HTMLElement} */ (choices[(at + step + choices.length) % choices.length]).focus();
  });
  keys.on("p", () => {
    menu.open = !menu.open;
    if (menu.open) /** @type {HTMLElement | null} */ (menu.querySelector(".choice"))?.focus();
  });
}

keys.on("escape", () => {
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
keys.on("?", () => void dialogs.show("/keys"));
