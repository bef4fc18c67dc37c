// What stands beside the conversation: whether anybody is there, the place in line, the address, who types, what was read.

import { base, begin, headers, kept, post, token } from "./outbox.js";
import { moment, t } from "./words.js";

/** @typedef {{open: boolean, back: string | null, mail: boolean, place: number | null, wait: [number, number] | null, agent: string, address?: string, trust?: string}} Standing */

const root = /** @type {HTMLElement} */ (document.getElementById("chat"));
const line = /** @type {HTMLElement} */ (document.getElementById("line"));
const writes = /** @type {HTMLElement} */ (document.getElementById("writes"));
const follow = /** @type {HTMLElement} */ (document.getElementById("follow"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("address"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("email"));
const LOOK_MS = 25000; // between looks at how one stands
const KEY_MS = 4000; // between two words that one types
const PAUSE_MS = 6000; // without a key: not typing any more
const WRITES_MS = 25000; // without another word nobody writes any more
const EMAIL = `heed.email.${root.dataset.key}`;

/** @type {Standing} */
let now = { open: root.dataset.open === "1", back: root.dataset.back || null, mail: false, place: null, wait: null, agent: "" };
let works = true;
let typed = 0;
let pause = 0;
let silent = 0;
let read = "";

/** @param {(words?: string) => void} tell */
export function begins(tell) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field.value.trim() || !(await begin().catch(() => false))) return;
    const answer = await post("address", { email: field.value.trim() }).catch(() => null);
    const said = await answer?.json().catch(() => ({}));
    if (!answer?.ok) return tell(said?.detail ?? t("No connection. Try again in a moment."));
    tell();
    kept.set(EMAIL, said.address);
    now = { ...now, ...said };
    draw();
    document.getElementById("text")?.focus();
  });
  /** @type {HTMLElement} */ (document.getElementById("by-mail")).onclick = () => {
    form.hidden = false;
    draw();
    field.focus();
  };
  setInterval(() => void stands(), LOOK_MS);
  draw();
}

/** Say whether the line to the server works. @param {boolean} does */
export function connected(does) {
  works = does;
  draw();
}

/** Ask how one stands. */
export async function stands() {
  if (!token() || document.hidden) return;
  const answer = await fetch(`${base}/standing`, { headers: headers() }).catch(() => null);
  if (!answer?.ok) return;
  now = await answer.json();
  draw();
}

/** A key was pressed in the box; or the words are gone. @param {boolean} goesOn */
export function types(goesOn) {
  clearTimeout(pause);
  if (!token()) return;
  if (goesOn) pause = setTimeout(() => types(false), PAUSE_MS);
  if (goesOn ? Date.now() - typed < KEY_MS : !typed) return;
  typed = goesOn ? Date.now() : 0;
  void post("typing", { on: goesOn }).catch(() => {});
}

/** Somebody writes an answer, or no longer does. @param {boolean} does */
export function written(does) {
  clearTimeout(silent);
  writes.hidden = !does;
  if (does) silent = setTimeout(() => written(false), WRITES_MS);
}

/** Tell that the conversation was read up to a message. @param {string} last @param {number} [tries] */
export async function seen(last, tries = 5) {
  if (!last || last === read || document.hidden) return;
  read = last;
  const answer = await post("seen", { message: last }).catch(() => null);
  const said = answer?.ok ? await answer.json() : { more: true };
  if (said.more && tries && read === last) {
    setTimeout(() => {
      if (read === last) read = "";
      void seen(last, tries - 1);
    }, 2000);
  }
}

/** @param {string} iso */
function when(iso) {
  const at = new Date(iso);
  const soon = at.getTime() - Date.now() < 20 * 3600 * 1000;
  return moment(at, { ...(soon ? {} : { weekday: "long" }), hour: "2-digit", minute: "2-digit" });
}

/** @returns {string} */
function stand() {
  if (!works) return t("Connection lost. It comes back by itself.");
  if (now.agent) return t("{name} is with you.", { name: now.agent });
  if (!now.open) return now.back ? t("We are closed and back {when}.", { when: when(now.back) }) : t("We are closed.");
  if (!now.place) return "";
  const [least, most] = now.wait ?? [0, 0];
  if (!most) return t("You are number {n} in line.", { n: now.place });
  if (!least) return t("You are number {n} in line: at most about {most} min.", { n: now.place, most });
  return t("You are number {n} in line: about {least} to {most} min.", { n: now.place, least, most });
}

function draw() {
  const words = stand();
  if (line.textContent !== words) line.textContent = words;
  line.hidden = !words;
  const mail = now.mail || (!now.open && root.dataset.mail === "1");
  const note = /** @type {HTMLElement} */ (follow.querySelector("p"));
  const button = /** @type {HTMLElement} */ (document.getElementById("by-mail"));
  follow.hidden = !mail;
  if (!mail) return;
  const values = { email: now.address ?? "" };
  note.textContent = !now.address
    ? now.open ? "" : t("Write to us all the same. Give your mail address, and the answer comes there.")
    : now.trust === "visitor" ? t("We ask {email} once by mail. Confirm it there, and answers follow you.", values) : t("When you are not here, answers come to {email}.", values);
  note.hidden = !note.textContent;
  if (now.address && document.activeElement !== field) form.hidden = true;
  else if (!now.open && !now.address) form.hidden = false;
  button.hidden = !form.hidden || now.trust === "signed";
  button.textContent = now.address ? t("Another address") : t("Get answers by mail, too");
}
