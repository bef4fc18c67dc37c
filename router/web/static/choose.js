// Choosing several tickets of a list: Shift takes a range, the bar counts, work on many goes on by itself.

import { count } from "./words.js";

const root = document.getElementById("inbox");
/** @returns {HTMLInputElement[]} */
const boxes = () => [...document.querySelectorAll("input[name=ticket]")];
/** @type {HTMLInputElement | null} */
let last = null;

/** @param {boolean} [on] */
export function choosing(on = !root?.hasAttribute("data-choose")) {
  root?.toggleAttribute("data-choose", on);
  document.getElementById("choose")?.setAttribute("aria-pressed", String(on));
  if (!on) for (const box of boxes()) box.checked = false;
  tell();
  if (on) boxes()[0]?.focus();
}

function tell() {
  const place = document.getElementById("chosen-count");
  const n = boxes().filter((box) => box.checked).length;
  if (place) place.textContent = count(n, "{n} chosen", "{n} chosen");
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!(box instanceof Element)) return;
  if (box.closest("#choose")) {
    event.preventDefault();
    choosing();
  }
  if (!(box instanceof HTMLInputElement) || box.name !== "ticket") return;
  const all = boxes();
  const [from, to] = [all.indexOf(last ?? box), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  last = box;
  tell();
});

tell();
/** @type {HTMLFormElement | null} */ (document.querySelector("form[data-goes-on]"))?.requestSubmit();
