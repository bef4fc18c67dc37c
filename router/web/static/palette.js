// The palette: every command possible here, and whatever search finds, by a few letters.

import { fragment } from "./ask.js";
import * as keys from "./keys.js";
import { say } from "./say.js";
import { count, t } from "./words.js";

const WAIT_MS = 120;
const MOST = 8; // of what search finds

/** @typedef {{words: string, key?: string, act: () => void, soft?: string}} Choice */

/** Open the palette over the page. */
export function open() {
  const box = /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));
  const before = document.activeElement;
  const head = document.createElement("div");
  head.className = "palette-head";
  head.innerHTML = '<h1 class="away-text" id="dialog-title"></h1><input id="palette" role="combobox" aria-expanded="true" aria-autocomplete="list" aria-controls="palette-list" autocomplete="off" spellcheck="false" dir="auto"><ul class="plain" role="listbox" id="palette-list"></ul><p class="soft small" id="palette-none" hidden></p>';
  const field = /** @type {HTMLInputElement} */ (head.querySelector("input"));
  const list = /** @type {HTMLElement} */ (head.querySelector("ul"));
  const none = /** @type {HTMLElement} */ (head.querySelector("p"));
  /** @type {HTMLElement} */ (head.querySelector("h1")).textContent = t("Commands");
  field.placeholder = t("What do you want to do?");
  field.setAttribute("aria-label", t("What do you want to do?"));
  list.setAttribute("aria-label", t("Commands"));
  none.textContent = t("Nothing found");
  /** @type {Choice[]} */
  let choices = [];
  /** @type {Choice[]} */
  let found = [];
  let at = 0;
  let timer = 0;

  function leave() {
    box.close();
    if (before instanceof HTMLElement) before.focus();
  }

  /** @param {Choice} one */
  function take(one) {
    leave();
    one.act();
  }

  function draw() {
    const words = field.value.trim().toLowerCase().split(/\s+/);
    /** @type {Choice[]} */
    const own = keys.commands.filter((one) => one.id !== "palette" && keys.isHere(one) && words.every((word) => one.words.toLowerCase().includes(word)))
      .map((one) => ({ words: one.words, key: one.key, act: () => keys.perform(one) }));
    choices = [...own, ...found];
    at = Math.min(at, Math.max(0, choices.length - 1));
    list.replaceChildren(...choices.map((one, n) => {
      const row = document.createElement("li");
      row.id = `palette-${n}`;
      row.role = "option";
      row.ariaSelected = String(n === at);
      row.append(Object.assign(document.createElement("bdi"), { textContent: one.words, className: "cut" }));
      if (one.soft) row.append(Object.assign(document.createElement("span"), { textContent: one.soft, className: "soft small cut", dir: "auto" }));
      if (one.key) row.append(Object.assign(document.createElement("kbd"), { textContent: one.key, dir: "ltr" }));
      row.onclick = () => take(one);
      return row;
    }));
    none.hidden = choices.length > 0;
    mark();
  }

  function mark() {
    [...list.children].forEach((row, n) => (row.ariaSelected = String(n === at)));
    field.setAttribute("aria-activedescendant", choices.length ? `palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  async function search() {
    const typed = field.value.trim();
    const page = typed.length > 1 ? await fragment(`/search?q=${encodeURIComponent(typed)}`, { fresh: true }).catch(() => null) : null;
    if (typed !== field.value.trim()) return;
    found = [...(page?.querySelectorAll(".ticket") ?? [])].slice(0, MOST).map((row) => {
      const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a.open"));
      const soft = row.querySelector(".subject, .said")?.textContent ?? "";
      return { words: link.textContent ?? "", soft, act: () => location.assign(link.href) };
    });
    draw();
    say(count(choices.length, "{n} found", "{n} found"));
  }

  field.addEventListener("input", () => {
    at = 0;
    draw();
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length) at = (at + step + choices.length) % choices.length;
    else if (event.key === "Enter" && choices[at]) take(choices[at]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) mark();
  });
  box.replaceChildren(head);
  if (!box.open) box.showModal();
  draw();
  field.focus();
}
