// The bell: how many notices are new, said aloud when one comes.

import { say } from "./say.js";

const LOOK_MS = 30000; // between looks while nothing is heard
const bell = document.getElementById("bell");
let n = -1;
let asked = 0;

async function look() {
  asked = Date.now();
  const answer = await fetch("/notices/count", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || !bell) return;
  const said = await answer.json();
  const badge = /** @type {HTMLElement} */ (document.getElementById("bell-count"));
  badge.textContent = said.shown;
  badge.hidden = !said.n;
  bell.title = said.label;
  bell.setAttribute("aria-label", said.label);
  document.dispatchEvent(new CustomEvent("heed:bell"));
  if (n >= 0 && said.n > n) say(said.label);
  n = said.n;
}

if (bell) {
  n = parseInt(document.getElementById("bell-count")?.textContent || "0", 10);
  document.addEventListener("heed:hint", (event) => {
    const { kind, mine } = /** @type {CustomEvent} */ (event).detail;
    if (kind === "notice") setTimeout(look, mine ? 0 : Math.random() * 2000);
    else if (kind === "look" && Date.now() - asked > LOOK_MS) void look();
  });
}
