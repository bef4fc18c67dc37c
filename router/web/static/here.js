// Says that this page shows a ticket and whether one types, and shows who else does.

import { isConnected } from "./live.js";
import { say } from "./say.js";
import { t } from "./words.js";

const EVERY_MS = 20000;
const PAUSE_MS = 6000; // without a key: not typing any more

let ticket = "";
let typing = 0;
let told = "";
let did = ""; // what the server was told last
let asked = 0;
let answered = 0; // which asking is shown: answers may overtake one another

const shown = () => document.getElementById("talk")?.dataset.ticket ?? "";

/** @param {string} [doing] */
async function tell(doing) {
  const at = ticket;
  if (!at) return;
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
  const kind = /** @type {HTMLInputElement | null} */ (document.querySelector("form#composer [name=kind]:checked"))?.value ?? "";
  const body = new URLSearchParams({ doing: doing ?? "", before: did, kind });
  const turn = ++asked;
  if (doing) did = doing;
  const how = doing ? { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true } : {};
  const said = await fetch(`/tickets/${at}/here`, how).then((answer) => answer.json()).catch(() => null);
  const place = document.getElementById("here");
  if (!said || !place || at !== shown() || turn < answered) return;
  answered = turn;
  place.innerHTML = said.html; // rendered by our own server
  if (said.words !== told && said.words) say(typing && said.types ? `${said.words}. ${t("You are writing, too.")}` : said.words);
  told = said.words;
}

function look() {
  if (ticket !== shown()) {
    void tell("left");
    ticket = shown();
    typing = 0;
    told = "";
  }
  if (!document.hidden) void tell(typing ? "types" : "reads");
}

document.addEventListener("input", (event) => {
  if (/** @type {Element} */ (event.target).id !== "text") return;
  const first = !typing;
  clearTimeout(typing);
  typing = setTimeout(() => {
    typing = 0;
    look();
  }, PAUSE_MS);
  if (first) look();
});
document.addEventListener("heed:hint", (event) => {
  const hint = /** @type {CustomEvent} */ (event).detail;
  if (hint.kind === "look" && isConnected()) look(); // the stream opened just now: what was told before went unheard
  else if (hint.kind === "look" && !document.hidden) void tell(); // without it, asking is enough: nobody has to hear it
  else if (hint.kind === "here" && hint.ticket === ticket) void tell();
});
document.addEventListener("heed:drawn", look);
document.addEventListener("visibilitychange", () => (document.hidden ? void tell("left") : look()));
addEventListener("pagehide", () => void tell("left"));
setInterval(look, EVERY_MS);
look();
