// What asks for attention: marks of what is new, the number in the title, a short tone, a notification of the system.
// One tab alone sounds and notifies; each person chose for what.

import { headers } from "./ask.js";
import { t } from "./words.js";

const AGAIN_MS = 60000; // between two alerts that somebody waits
const SEEN_MS = 600; // a ticket that stands open so long is seen

const html = document.documentElement;
const list = () => document.getElementById("list");
const likes = (/** @type {string} */ what, /** @type {string} */ when) => (html.dataset[what] ?? "").split(" ").includes(when);
/** @type {Set<string> | null} */
let known = null;
let waited = -1;
let alerted = 0;
let alone = !navigator.locks;
/** @type {AudioContext | null} */
let audio = null;

hold(!!list());
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("heed.tabs") : null;
tabs?.addEventListener("message", () => document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "presence" } })));
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => { if (html.dataset.sound) audio ??= new AudioContext(); }, { once: true });
}

/** Be the tab that sounds: an inbox, which knows of more, takes that from the other pages. @param {boolean} steal */
function hold(steal) {
  navigator.locks?.request("heed.alerts", { steal }, () => new Promise(() => (alone = true))).catch(() => {
    alone = false;
    hold(false);
  });
}

/** Two notes for one's own work, one for the line. @param {number[]} notes in Hz */
function sound(notes) {
  notes.forEach((hertz, n) => {
    if (!audio) return;
    const [tone, loud, at] = [audio.createOscillator(), audio.createGain(), audio.currentTime + n * 0.14];
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.12, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.13);
    tone.connect(loud).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.14);
  });
}

/** Sound and notify, as the person chose. @param {string} when @param {string} words @param {number[]} notes @param {string} [ticket] */
export function attention(when, words, notes, ticket) {
  if (!alone) return;
  if (likes("sound", when)) sound(notes);
  if (!likes("notify", when) || document.hasFocus() || window.Notification?.permission !== "granted") return;
  const shown = new Notification(words, { tag: ticket ?? when });
  shown.onclick = () => {
    window.focus();
    if (ticket) location.assign(`/tickets/${ticket}`);
    shown.close();
  };
}

/** Look at what the list says now: what is new, and whether somebody waits while I could help. */
export function noticed() {
  const box = list();
  if (!box) return;
  const fresh = (box.dataset.unread ?? "").split(",").filter(Boolean).map((one) => one.split(" "));
  const ids = new Set(fresh.map(([id]) => id));
  for (const [id, number, ...channel] of fresh) {
    if (known && !known.has(id)) attention("mine", t("New on ticket {number}, {channel}", { number, channel: channel.join(" ") }), [660, 880], id);
  }
  known = ids;
  const waiting = Number(box.dataset.waiting);
  const may = document.getElementById("pull")?.getAttribute("aria-disabled") !== "true";
  if (waited >= 0 && waiting > waited && may && Date.now() - alerted > AGAIN_MS) {
    alerted = Date.now();
    attention("waiting", t("Somebody waits, and you have a free slot"), [520]);
  }
  waited = waiting;
  counted();
}

/** Put the number of what is new before the title. */
export function counted() {
  const bell = parseInt(document.getElementById("bell-count")?.textContent || "0", 10) || 0;
  const offered = document.querySelectorAll("#offers [data-offer]").length;
  const n = offered + (known?.size ?? 0) + (document.getElementById("bell-count")?.hidden ? 0 : bell);
  const offer = `${t("Offer")} · `;
  const plain = document.title.replace(/^\(\d+\) /, "").replace(offer, "");
  const said = n ? `(${n}) ${offered ? offer : ""}${plain}` : plain;
  if (document.title !== said) document.title = said;
}

let timer = 0;
let told = "";
/** Say that the ticket shown was seen, once it stood before somebody. */
export function looked() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const ticket = document.getElementById("talk")?.dataset.ticket;
    const message = document.getElementById("lines")?.dataset.last;
    if (!ticket || !message || document.hidden || told === message || !list()?.dataset.unread?.includes(ticket)) return;
    const body = new URLSearchParams({ message });
    const answer = await fetch(`/tickets/${ticket}/seen`, { method: "POST", body, headers: headers({ Accept: "application/json" }) }).catch(() => null);
    if (!answer?.ok) return;
    told = message;
    document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "presence" } }));
    tabs?.postMessage("seen");
  }, SEEN_MS);
}

/** Offer the zone of the browser, once. */
function zone() {
  const box = document.getElementById("zone-offer");
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!box || !mine || mine === box.dataset.zone || localStorage.getItem("heed.zone") === `${mine} ${box.dataset.zone}`) return;
  const words = (box.dataset.words ?? "").replace("{browser}", mine).replace("{desk}", box.dataset.zone ?? "");
  /** @type {HTMLElement} */ (box.querySelector("p")).textContent = words;
  box.hidden = false;
  box.addEventListener("click", async (event) => {
    const on = /** @type {HTMLElement} */ (event.target);
    if (on.matches("[data-keep]")) localStorage.setItem("heed.zone", `${mine} ${box.dataset.zone}`);
    else if (!on.matches("[data-use]")) return;
    else if ((await fetch("/zone", { method: "POST", body: new URLSearchParams({ zone: mine }), headers: headers({}) })).ok) location.reload();
    box.hidden = true;
    document.getElementById("main")?.focus();
  });
}

document.addEventListener("visibilitychange", looked);
document.addEventListener("heed:bell", counted);
document.querySelector("[data-reload]")?.addEventListener("click", () => location.reload());
noticed();
looked();
zone();
