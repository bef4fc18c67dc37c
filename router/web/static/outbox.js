// Who the visitor is and what they have not sent yet: kept by the browser, sent once each, in order, files with progress.

import { t } from "./words.js";

const root = /** @type {HTMLElement} */ (document.getElementById("chat"));
const key = root.dataset.key ?? "";
export const base = `/chat/${key}`;
const AGAIN_MS = 3000; // between attempts; a little more or less, so that not all come at once

/** @typedef {{id: string, text: string, at: string, files?: string[], failed?: string}} Unsent */
/** @typedef {{drawn: () => void, sent: (row: Unsent) => void, tell: (words?: string) => void, forget: () => void}} Page */

/** What the browser keeps; a private window that refuses keeps it for this page only. */
export const kept = (() => {
  /** @type {Map<string, string>} */
  const here = new Map();
  return {
    /** @param {string} name */
    get: (name) => { try { return localStorage.getItem(name) ?? here.get(name) ?? null; } catch { return here.get(name) ?? null; } },
    /** @param {string} name @param {string} value */
    set: (name, value) => { here.set(name, value); try { localStorage.setItem(name, value); } catch { /* kept above */ } },
    /** @param {string} name */
    drop: (name) => { here.delete(name); try { localStorage.removeItem(name); } catch { /* kept above */ } },
  };
})();

let identity = ""; // the site's word on its customer; never stored
let known = ""; // their token: in this page alone, so that nothing of them stays on a shared computer
let owner = ""; // whose unsent messages these are
let sending = false;
/** @type {Page} */
let page;
/** @type {Map<string, File[]>} */
const files = new Map(); // of messages that are not sent yet; a reload loses them, and says so
/** @type {Map<string, number>} */
export const progress = new Map(); // of what is being sent: share from 0 to 1

const TOKEN = `heed.visitor.${key}`;
export const token = () => known || (identity ? "" : kept.get(TOKEN) ?? "");
export const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms * (0.8 + Math.random() * 0.4)));
export const headers = () => ({ "X-Heed-Visitor": token(), ...(identity ? { "X-Heed-Identity": identity } : {}), Accept: "application/json" });

/** @param {Page} given */
export function serve(given) {
  page = given;
}

/** Take the site's word on who its customer is. @param {string} said */
export function vouched(said) {
  identity = said;
  try {
    owner = `.${JSON.parse(atob(said.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub}`;
  } catch { identity = ""; }
}

/** @returns {Unsent[]} */
export const outbox = () => JSON.parse(kept.get(`heed.outbox.${key}${owner}`) ?? "[]");
/** @param {Unsent[]} rows */
export const keep = (rows) => kept.set(`heed.outbox.${key}${owner}`, JSON.stringify(rows));
/** @param {string} id */
export function drop(id) {
  files.delete(id);
  keep(outbox().filter((row) => row.id !== id));
}

/** Get a token if there is none; true when there is one. @returns {Promise<boolean>} */
export async function begin() {
  if (token()) return true;
  const answer = await fetch(`${base}/start`, { method: "POST", headers: headers() });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok && identity) known = said.token;
  else if (answer.ok) kept.set(TOKEN, said.token);
  else page.tell(said.detail ?? t("The chat is closed for the moment."));
  if (answer.status === 403) identity = owner = ""; // a guest from here on
  return answer.ok;
}

/** The token is no longer good: a new conversation begins, what is unsent is sent in it. */
export function forget() {
  if (known) known = "";
  else kept.drop(TOKEN);
  page.forget();
}

/** Tell the server something small. @param {string} what @param {object} said */
export const post = (what, said) =>
  fetch(`${base}/${what}`, { method: "POST", keepalive: true, headers: { ...headers(), "Content-Type": "application/json" }, body: JSON.stringify(said) });

/** @param {Unsent} row @param {File[]} chosen */
export function add(row, chosen) {
  if (chosen.length) files.set(row.id, chosen);
  keep([...outbox(), row]);
  page.drawn();
  void flush();
}

/** Send what waits, in order, one at a time; the same id every time. */
export async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (;;) {
      const next = outbox().find((row) => !row.failed);
      if (!next) break;
      if (next.files?.length && !files.has(next.id)) {
        refuse(next, t("The file is no longer here. Choose it again."));
        continue;
      }
      if (!(await begin())) break;
      const answer = await send(next);
      if (answer.status === 200) {
        files.delete(next.id);
        page.sent(next);
      } else if (answer.status === 401) forget();
      else if (answer.status === 429 || answer.status >= 500) {
        page.tell(answer.status === 429 ? t("That was a lot at once. Your message is kept and sent in a moment.") : answer.detail);
        await wait(answer.again * 1000);
      } else refuse(next, answer.detail || t("It was refused."));
    }
    page.tell();
  } catch {
    page.tell(t("No connection. Your message is kept and sent when it is back."));
    setTimeout(flush, AGAIN_MS);
  } finally {
    sending = false;
    progress.clear();
  }
}

/** @param {Unsent} row @param {string} why */
function refuse(row, why) {
  keep(outbox().map((other) => (other.id === row.id ? { ...row, failed: why } : other)));
  page.drawn();
}

/** @param {Unsent} row @returns {Promise<{status: number, detail: string, again: number}>} */
async function send(row) {
  const attachments = await Promise.all((files.get(row.id) ?? []).map(async (file) => ({ name: file.name, media_type: file.type, data: await base64(file) })));
  const visitor = { page: document.referrer.slice(0, 2000), email: kept.get(`heed.email.${key}`) || undefined };
  const body = JSON.stringify({ id: row.id, text: row.text, visitor, ...(attachments.length ? { attachments } : {}) });
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch tells no progress
    request.open("POST", `${base}/messages`);
    for (const [name, value] of Object.entries({ ...headers(), "Content-Type": "application/json" })) request.setRequestHeader(name, value);
    if (attachments.length) {
      request.upload.onprogress = ({ loaded, total }) => {
        progress.set(row.id, loaded / total);
        const bar = /** @type {HTMLProgressElement | null} */ (document.querySelector(`[data-id="${row.id}"] progress`));
        if (bar) bar.value = loaded / total;
      };
    }
    request.onload = () => {
      let said = { detail: "" };
      try { said = JSON.parse(request.responseText); } catch { /* a proxy answered */ }
      done({ status: request.status, detail: said.detail ?? "", again: Number(request.getResponseHeader("Retry-After") ?? 5) });
    };
    request.onerror = request.onabort = failed;
    request.send(body);
  });
}

/** @param {File} file @returns {Promise<string>} */
const base64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
