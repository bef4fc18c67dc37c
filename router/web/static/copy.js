// Copies what a page shows to be pasted elsewhere: an address for a platform, a secret shown once.

import { say } from "./say.js";
import { t } from "./words.js";

/** Copy the value beside a button. @param {HTMLButtonElement} button */
async function copy(button) {
  const input = /** @type {HTMLInputElement} */ (button.parentElement?.querySelector("input"));
  try {
    await navigator.clipboard.writeText(input.value);
    say(t("Copied."));
  } catch {
    input.select(); // the browser asks or refuses: the keys still copy
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const one = /** @type {HTMLButtonElement} */ (button);
  one.hidden = !navigator.clipboard;
  one.addEventListener("click", () => copy(one));
}
