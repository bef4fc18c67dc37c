// A reply that has not left: counts down, and takes it back by press or by key.

import { send, tell } from "./ask.js";
import { say } from "./say.js";
import { t } from "./words.js";

/** @type {(ticket: string, draft: any) => void} */
let back = () => undefined;
let until = 0;

/** @param {(ticket: string, draft: any) => void} by gets the words of a reply that was taken back */
export function backTo(by) {
  back = by;
}

/** Offer to take a reply back for a while. @param {string} message @param {number} seconds */
export function show(message, seconds) {
  const bar = document.getElementById("undo-bar") ?? document.createElement("div");
  bar.id = "undo-bar";
  bar.className = "undo-bar";
  bar.innerHTML = "<span></span><button type=button id=undo-send></button>";
  const button = /** @type {HTMLElement} */ (bar.querySelector("button"));
  button.textContent = t("Undo");
  button.append(Object.assign(document.createElement("kbd"), { className: "key", textContent: "U" }));
  button.onclick = () => void take(message);
  document.getElementById("main")?.append(bar);
  until = Date.now() + seconds * 1000;
  say(t("Sends in {n} s. U takes it back.", { n: Math.round(seconds) }));
  count();
}

/** @param {string} message */
async function take(message) {
  try {
    const { ok, said } = await send(`/messages/${message}/undo`, new FormData());
    hide();
    if (!ok) return say(said.detail || t("It has left already."));
    say(t("Taken back. Your words are in the composer."));
    back(said.ticket, said.draft);
    look(said.ticket);
  } catch {
    tell(false);
  }
}

function hide() {
  document.getElementById("undo-bar")?.remove();
  until = 0;
}

/** @param {string} [ticket] */
function look(ticket = document.getElementById("inbox")?.dataset.ticket) {
  document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "ticket", ticket, mine: true } }));
}

const words = (/** @type {number} */ ms) => t("Sends in {n} s", { n: Math.max(0, Math.ceil(ms / 1000)) });

/** Say how long is left, here and in the conversation. */
function count() {
  const line = document.querySelector("#undo-bar span");
  if (line) line.textContent = words(until - Date.now());
  if (until && until < Date.now()) hide();
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-leaves]"))) {
    one.dataset.skew ??= String(Date.now() - Date.parse(one.dataset.now ?? ""));
    const left = Date.parse(one.dataset.leaves ?? "") - Date.now() + Number(one.dataset.skew);
    /** @type {HTMLElement} */ (one.firstElementChild).textContent = words(left);
    if (left > -1000) continue;
    one.remove();
    look();
  }
}

document.addEventListener("submit", (event) => {
  const box = /** @type {HTMLFormElement} */ (event.target);
  if (!("undo" in box.dataset)) return;
  event.preventDefault();
  void take(new URL(box.action).pathname.split("/")[2] ?? "");
});
setInterval(count, 500);
