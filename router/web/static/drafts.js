// Words not sent yet: kept in this browser at once and on the server within two seconds. Of two versions the newer one
// is shown and the other offered. Kept by person, so that nobody on a shared browser meets another's words.

import { headers } from "./ask.js";
import { moment, t } from "./words.js";

export const DRAFT = "heed.draft.";
const SOON_MS = 1200; // from a key to the server
const AGAIN_MS = 5000; // after the server could not be reached
const OLD_MS = 60 * 24 * 3600 * 1000; // drafts this old are forgotten
const MOST_ALIVE = 60000; // bytes a browser still sends while a page goes away

/** @typedef {{text: string, kind: string, key: string, to: string, cc: string, bcc: string, at?: string, files?: {id: string, name: string, size: number}[]}} Words */
/** @typedef {{read: () => Words, fill: (words: Partial<Words>) => void, note: (text: string) => void, fresh: () => void}} Desk */

/** @type {HTMLFormElement | null} */
let box = null;
/** @type {Desk} */
let desk;
/** @type {number | undefined} */
let timer;
let base = ""; // the server's version that was seen
let typed = 0; // when the last key was pressed
let dirty = false; // there are words the server has not
let busy = false;
let last = ""; // the words when they were last kept or put in

const name = (/** @type {HTMLFormElement} */ form) => `${DRAFT}${form.dataset.agent}.${form.dataset.ticket}`;

/** @param {string} key @returns {any} */
function local(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {boolean} saved */
function store(saved) {
  if (!box) return;
  const words = desk.read();
  if (words.text.trim()) localStorage.setItem(name(box), JSON.stringify({ ...words, at: typed, base, saved }));
  else localStorage.removeItem(name(box));
}

/** Begin with a composer as the server drew it. @param {HTMLFormElement} form @param {Desk} by */
export function begin(form, by) {
  void flush(true);
  [box, desk, base, dirty] = [form, by, form.dataset.base ?? "", false];
  const there = desk.read();
  const mine = local(name(form));
  last = there.text;
  if (!mine?.text.trim() || mine.text === there.text) return;
  const skew = Date.now() - Date.parse(form.dataset.now ?? "");
  const newer = !there.text.trim() || mine.base === base || mine.at - skew > Date.parse(base);
  if (!newer) return offer({ ...mine, at: new Date(mine.at).toISOString() });
  desk.fill(mine);
  typed = mine.at;
  if (there.text.trim() && mine.base !== base) offer({ ...there, at: base });
  else desk.note(t("Draft restored"));
  changed(false);
}

/** Something was typed, or put in. @param {boolean} [now] by a key just now */
export function changed(now = true) {
  if (!box) return;
  if (now) typed = Date.now();
  dirty = true;
  store(false);
  timer ??= setTimeout(() => void flush(), SOON_MS);
}

/** Bring the words to the server. @param {boolean} [leaving] the page goes away */
export async function flush(leaving = false) {
  clearTimeout(timer);
  timer = undefined;
  if (!box || !dirty || (busy && !leaving)) return;
  const [form, words] = [box, desk.read()];
  const body = JSON.stringify({ ...words, age_ms: Date.now() - typed, base });
  [dirty, busy] = [false, true];
  try {
    const answer = await fetch(`/tickets/${form.dataset.ticket}/draft`, {
      method: "POST", body, keepalive: leaving && body.length < MOST_ALIVE,
      headers: headers({ "Content-Type": "application/json" }),
    });
    if (answer.status >= 500) throw new TypeError();
    if (answer.ok && form === box) kept(await answer.json(), words);
  } catch {
    dirty ||= form === box;
    if (form === box) timer ??= setTimeout(() => void flush(), AGAIN_MS);
  } finally {
    busy = false;
    if (dirty) timer ??= setTimeout(() => void flush(), SOON_MS);
  }
}

/** @param {any} said @param {Words} words that were brought */
function kept(said, words) {
  const same = desk.read().text === words.text;
  if (said.sent) {
    if (same) desk.fill({ text: "" });
    desk.fresh();
    if (same) forget();
    else changed(false);
    return desk.note(same ? t("These words were sent already.") : "");
  }
  base = said.at;
  if (same) last = words.text;
  store(same);
  if (said.other) offer(said.other);
}

/** Offer words that were written elsewhere. @param {Words} other */
function offer(other) {
  const bar = document.getElementById("other-draft");
  if (!bar || desk.read().text.includes(other.text.trim())) return;
  const when = moment(new Date(other.at ?? ""), { hour: "2-digit", minute: "2-digit", day: "numeric", month: "short" });
  /** @type {HTMLElement} */ (bar.querySelector("span")).textContent =
    t("Another draft of {when}: “{words}”", { when, words: other.text.trim().slice(0, 80) });
  const use = /** @type {HTMLElement} */ (bar.querySelector("[data-use]"));
  const keep = /** @type {HTMLElement} */ (bar.querySelector("[data-keep]"));
  use.onclick = () => {
    const mine = { ...desk.read(), at: new Date().toISOString() };
    desk.fill(other);
    bar.hidden = true;
    changed();
    offer(mine);
  };
  keep.onclick = () => {
    bar.hidden = true;
    document.getElementById("text")?.focus();
  };
  bar.hidden = false;
}

/** Put a version in that the server knows; words typed here since stay. @param {Words} words */
export function put(words) {
  base = words.at ?? base;
  desk.fill(words);
  changed();
}

/** Bring nothing more: these words are being sent. */
export function hold() {
  clearTimeout(timer);
  [timer, dirty] = [undefined, false];
}

/** These words have left, or were emptied. @param {HTMLFormElement | null} [form] */
export function forget(form = box) {
  if (form) localStorage.removeItem(name(form));
  if (form !== box) return;
  hold();
  [base, last] = ["", ""];
}

document.addEventListener("visibilitychange", () => document.hidden && void flush(true));
for (const going of ["pagehide", "freeze"]) window.addEventListener(going, () => void flush(true), true);
window.addEventListener("online", () => void flush());
window.addEventListener("storage", (event) => {
  if (!box || event.key !== name(box)) return;
  const theirs = local(event.key);
  const mine = desk.read().text;
  if (dirty || mine !== last || theirs?.text === mine) {
    if (theirs?.text === mine) base = theirs.base;
    return;
  }
  if (theirs) desk.fill(theirs);
  else {
    desk.fill({ text: "" });
    desk.fresh();
  }
  [last, base] = [theirs?.text ?? "", theirs?.base ?? ""];
});

for (const key of Object.keys(localStorage).filter((one) => one.startsWith(DRAFT))) {
  if (!(Date.now() - local(key)?.at < OLD_MS)) localStorage.removeItem(key);
}
