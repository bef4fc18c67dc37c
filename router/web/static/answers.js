// The picker of saved answers: finds while one types, puts the chosen one where the cursor was.

import { fragment, send } from "./ask.js";
import * as dialogs from "./dialogs.js";

import { say } from "./say.js";
import { count } from "./words.js";
import { insert } from "./writing.js";

/** @param {HTMLElement} box */
export function begin(box) {
  const words = document.getElementById("text");
  const list = /** @type {HTMLElement} */ (box.querySelector("#answers"));
  const field = /** @type {HTMLInputElement} */ (box.querySelector("[type=search]"));
  const ticket = box.dataset.ticket ?? "";
  if (!(words instanceof HTMLTextAreaElement) || words.form?.dataset.ticket !== ticket) return;
  const buttons = () => /** @type {HTMLButtonElement[]} */ ([...list.querySelectorAll("button")]);
  let asked = field.value;
  /** @type {number | undefined} */
  let soon;

  field.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      asked = field.value;
      const found = await fragment(`/tickets/${ticket}/answers?q=${encodeURIComponent(asked)}`, { fresh: true }).catch(() => null);
      const fresh = found?.getElementById("answers");
      if (!fresh || asked !== field.value) return;
      list.replaceChildren(...fresh.childNodes);
      const n = buttons().length;
      say(count(n, "{n} answer", "{n} answers"));
    }, 120);
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [field, ...buttons()];
    const at = all.indexOf(/** @type {any} */ (document.activeElement));
    all[(at + step + all.length) % all.length].focus();
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const chosen = form.method === "get" ? list.querySelector("form") : form;
    if (!chosen) return;
    dialogs.close();
    insert(words, chosen.querySelector("[data-text]")?.textContent ?? "");
    send(chosen.action, new FormData()).catch(() => {}); // only counted
  });
}
