// Offers and how I am here, on every page: fetched as soon as something is said to change. Offers are counted down, and
// told to ears and to who looks elsewhere; one that goes away unanswered says why.

import { attention, counted } from "./alerts.js";
import { fragment, send } from "./ask.js";
import { morph } from "./morph.js";
import { say } from "./say.js";
import { t } from "./words.js";

const NOTES = [660, 880, 660]; // Hz
const LAST_S = 5; // said aloud when so little is left
const GONE_MS = 12000; // why an offer went stays so long
const LATE_MS = 1500; // between the end of an offer and the word that it is over
const PRESENCE = ["presence-now", "presence-choices"];

/** @type {Map<string, number>} offer -> when it ends, in milliseconds of this page */
const ends = new Map();
/** @type {Set<string>} offers that this page answered */
const answered = new Set();
const box = () => document.getElementById("offers");
const shown = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#offers [data-offer]"));
let ticking = 0;
let telling = 0;

async function look() {
  if (!box()) return;
  const found = await fragment("/inbox/offers").catch(() => null);
  const fresh = found?.getElementById("offers");
  const old = box();
  if (!fresh || !old) return;
  const had = old.contains(document.activeElement);
  fresh.setAttribute("data-ready", "");
  morph(old, fresh);
  for (const id of PRESENCE) {
    const [mine, now] = [document.getElementById(id), found?.getElementById(id)];
    if (mine && now) morph(mine, now);
  }
  if (had && !old.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
  noticed();
}

/** Tell of what is new, and count. */
function noticed() {
  const now = performance.now();
  const ids = new Set();
  for (const one of shown()) {
    const id = one.dataset.offer ?? "";
    ids.add(id);
    if (ends.has(id)) continue;
    ends.set(id, now + Number(one.dataset.left) * 1000);
    const words = one.dataset.says ?? "";
    say(t("{words}. {n} seconds to accept.", { words, n: String(Math.round(Number(one.dataset.left))) }));
    attention("offers", words, NOTES, one.dataset.ticket);
  }
  for (const [id, end] of ends) {
    if (ids.has(id)) continue;
    ends.delete(id);
    if (!answered.has(id)) gone(end - now > LATE_MS ? t("The ticket is no longer offered to you.") : t("The time to accept is over. The next agent is asked."));
  }
  if (ids.size) gone("");
  counted();
  clearTimeout(ticking);
  tick();
}

/** Show and say why an offer went, or nothing any more. @param {string} words */
function gone(words) {
  const place = document.getElementById("offer-gone");
  if (!place) return;
  clearTimeout(telling);
  place.hidden = !words;
  place.textContent = words;
  if (words) say(words);
  if (words) telling = setTimeout(gone, GONE_MS, "");
}

function tick() {
  let next = 0;
  for (const one of shown()) {
    const left = ((ends.get(one.dataset.offer ?? "") ?? 0) - performance.now()) / 1000;
    const seconds = Math.max(0, Math.ceil(left));
    const place = one.querySelector("[data-count]");
    if (place && place.textContent !== String(seconds)) {
      place.textContent = String(seconds);
      if (seconds === LAST_S) say(t("{n} seconds left", { n: String(LAST_S) }));
    }
    one.toggleAttribute("data-ending", left <= LAST_S);
    one.style.setProperty("--left", String(Math.max(0, left) / Number(one.dataset.lasts || 1)));
    next = 1;
  }
  if (next) ticking = setTimeout(tick, 250);
}

document.addEventListener("heed:hint", (event) => {
  const hint = /** @type {CustomEvent} */ (event).detail;
  const mine = hint.kind === "ticket" && (hint.mine || hint.was_mine);
  if (mine || ["look", "tick", "presence"].includes(hint.kind)) void look();
});
document.addEventListener("heed:acted", () => void look());
document.addEventListener("submit", (event) => {
  const one = /** @type {HTMLElement} */ (event.target).closest("[data-offer]");
  if (one instanceof HTMLElement) answered.add(one.dataset.offer ?? "");
}, { capture: true });
// The inbox does what its forms say by itself. Elsewhere, declining leaves what is written on the page as it is.
document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("#offers form") || document.getElementById("inbox")) return;
  event.preventDefault();
  const answer = await send(form.action, new FormData(form)).catch(() => null);
  if (answer?.ok && answer.said.ticket) return location.assign(`/tickets/${answer.said.ticket}`);
  say(answer ? answer.said.detail || answer.said.words : t("No connection. Try again when it is back."));
  void look();
});
noticed();
box()?.setAttribute("data-ready", "");
