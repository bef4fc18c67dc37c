// The wallboard: looks again when something changed and every few seconds, and fills the screen on demand.

import { fragment, tell } from "./ask.js";
import { morph } from "./morph.js";

const EVERY_MS = 5000;
const SOON_MS = 400; // changes that come together are looked at together
const LEAST_MS = 1500; // between two looks

const board = document.getElementById("board");
const live = document.getElementById("live");
const full = document.getElementById("full");
const main = document.getElementById("main");
let last = Date.now();
/** @type {number | undefined} */
let soon;

async function look() {
  last = Date.now();
  try {
    const fresh = (await fragment("/wallboard/board"))?.getElementById("board");
    if (fresh && board) morph(board, fresh);
  } catch (error) {
    if (error instanceof TypeError) tell(false);
    else show(false);
  }
}

/** @param {boolean} works */
function show(works) {
  if (!live) return;
  live.hidden = false;
  live.classList.toggle("lost", !works);
  const words = (works ? live.dataset.live : live.dataset.lost) ?? "";
  if (live.textContent !== words) live.textContent = words;
}

function hinted() {
  if (soon) return;
  soon = setTimeout(() => {
    soon = undefined;
    void look();
  }, Math.max(SOON_MS, LEAST_MS - (Date.now() - last)));
}

document.addEventListener("heed:hint", hinted);
document.addEventListener("heed:line", (event) => show(/** @type {CustomEvent} */ (event).detail.works));
document.addEventListener("visibilitychange", () => document.hidden || void look());
window.addEventListener("online", () => void look());
setInterval(() => document.hidden || void look(), EVERY_MS);
show(true);

if (full && main && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => void (document.fullscreenElement ? document.exitFullscreen() : main.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => full.setAttribute("aria-pressed", String(!!document.fullscreenElement)));
}
