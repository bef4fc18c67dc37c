// What every page of the desk does: hear changes, dialogs, the presence menu, the keys that work everywhere.

import "./bell.js";
import * as dialogs from "./dialogs.js";
import * as keys from "./keys.js";
import { listen } from "./live.js";
import "./offer.js";
import * as palette from "./palette.js";

const menu = /** @type {HTMLDetailsElement | null} */ (document.getElementById("presence"));

if (menu) {
  document.addEventListener("DOMContentLoaded", listen, { once: true }); // when every script of the page hears it
  menu.addEventListener("keydown", (event) => {
    const choices = [...menu.querySelectorAll("button, a, input:not([type=hidden])")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !menu.open) return;
    event.preventDefault();
    const at = choices.indexOf(/** @type {Element} */ (document.activeElement));
    /** @type {HTMLElement} */ (choices[(at + step + choices.length) % choices.length]).focus();
  });
  keys.run("presence", () => {
    menu.open = !menu.open;
    if (menu.open) /** @type {HTMLElement | null} */ (menu.querySelector(".choice"))?.focus();
  });
}

// Menus close when something else is pressed, something in them was chosen, or by Escape.
document.addEventListener("click", (event) => {
  const on = /** @type {Element} */ (event.target);
  for (const one of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"))) {
    if (one.contains(on) && !on.closest(".sheet-menu a")) continue;
    if (one.contains(on)) one.querySelector("summary")?.focus(); // a dialog gives the focus back to it
    one.open = false;
  }
});
keys.run("escape", () => {
  const one = /** @type {HTMLDetailsElement | null} */ (document.querySelector("details.menu[open]"));
  if (!one) return;
  one.open = false;
  one.querySelector("summary")?.focus();
});
// Who signs out leaves no words on a shared machine, but for those the server has not.
document.addEventListener("submit", (event) => {
  if (!/** @type {HTMLFormElement} */ (event.target).action.endsWith("/logout")) return;
  for (const [name, value] of Object.entries(localStorage)) {
    if (name.startsWith("heed.draft.") && value.includes('"saved":true')) localStorage.removeItem(name);
  }
});
keys.dialogsBy((path) => void dialogs.show(path).catch(() => location.assign(path)));

if (menu) keys.run("palette", palette.open); // at once: what is typed next must not act as keys

keys.run("find", () => {
  const field = document.getElementById("q");
  if (!(field instanceof HTMLInputElement) || !field.offsetParent) return location.assign("/search");
  field.focus();
  field.select();
});
