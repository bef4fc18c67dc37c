// The customer's chat: keeps its token and what is not sent yet, sends each message once, hears of answers at once.

import { ask } from "./rating.js";
import { uid } from "./uid.js";
import { moment, t } from "./words.js";

const root = /** @type {HTMLElement} */ (document.getElementById("chat"));
const list = /** @type {HTMLElement} */ (document.getElementById("said"));
const box = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
const line = /** @type {HTMLElement} */ (document.getElementById("line"));

const key = root.dataset.key ?? "";
const base = `/chat/${key}`;
const TOKEN = `heed.visitor.${key}`;
const OUTBOX = `heed.outbox.${key}`;
const AGAIN_MS = 3000; // between attempts; a little more or less, so that not all come at once
const LOOK_MS = 4000; // between looks while no stream is open

/** @typedef {{id: string, text: string, at: string, failed?: string}} Unsent */
/** @typedef {{id: string, client: string, ours: boolean, who: string, text: string, at: string, files: {id: string, name: string}[]}} Said */

/** What the browser keeps; a private window that refuses keeps it for this page only. */
const kept = (() => {
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

/** @returns {Unsent[]} */
const outbox = () => JSON.parse(kept.get(OUTBOX) ?? "[]");
/** @param {Unsent[]} rows */
const keepOutbox = (rows) => kept.set(OUTBOX, JSON.stringify(rows));

/** @type {Map<string, Said>} */
const known = new Map();
let last = "";
let live = false;
let sending = false;

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms * (0.8 + Math.random() * 0.4)));
const headers = () => ({ "X-Heed-Visitor": kept.get(TOKEN) ?? "", Accept: "application/json" });

/** Get a token if there is none; true when there is one. @returns {Promise<boolean>} */
async function begin() {
  if (kept.get(TOKEN)) return true;
  const answer = await fetch(`${base}/start`, { method: "POST", headers: { Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) kept.set(TOKEN, said.token);
  else tell(said.detail ?? t("The chat is closed for the moment."));
  return answer.ok;
}

/** @param {string} [words] */
function tell(words = "") {
  notice.hidden = !words;
  notice.textContent = words;
}

/** Fetch what is new. */
async function look() {
  if (!kept.get(TOKEN)) return;
  const answer = await fetch(`${base}/messages?after=${last}`, { headers: headers() });
  if (answer.status === 401) return forget();
  if (!answer.ok) return;
  const { messages, asked = null } = await answer.json();
  ask(/** @type {HTMLElement} */ (document.getElementById("rating")), asked, rate);
  for (const said of /** @type {Said[]} */ (messages)) {
    known.set(said.id, said);
    last = said.id;
    if (said.ours) keepOutbox(outbox().filter((row) => row.id !== said.client));
  }
  draw();
}

/** Send what the customer thinks of the help; true when it is stored. @param {number} score @param {string} comment */
async function rate(score, comment) {
  const body = JSON.stringify({ score, comment });
  const answer = await fetch(`${base}/rating`, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body }).catch(() => null);
  if (answer?.ok) tell();
  else tell(answer ? (await answer.json().catch(() => ({}))).detail : t("No connection. Try again in a moment."));
  return Boolean(answer?.ok);
}

/** The token is no longer good: a new conversation begins, what is unsent is sent in it. */
function forget() {
  kept.drop(TOKEN);
  known.clear();
  last = "";
}

/** Send what waits, in order, one at a time; the same id every time. */
async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (;;) {
      const next = outbox().find((row) => !row.failed);
      if (!next || !(await begin())) break;
      const body = JSON.stringify({ id: next.id, text: next.text, visitor: { page: document.referrer.slice(0, 2000) } });
      const answer = await fetch(`${base}/messages`, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body });
      if (answer.ok) {
        sent(next);
        continue;
      }
      if (answer.status === 401) {
        forget();
        continue;
      }
      const said = await answer.json().catch(() => ({}));
      if (answer.status === 429 || answer.status >= 500) {
        tell(answer.status === 429 ? t("That was a lot at once. Your message is kept and sent in a moment.") : said.detail);
        await wait(Number(answer.headers.get("Retry-After") ?? 5) * 1000);
        continue;
      }
      keepOutbox(outbox().map((row) => (row.id === next.id ? { ...row, failed: said.detail ?? t("It was refused.") } : row)));
      draw();
    }
    tell();
  } catch {
    tell(t("No connection. Your message is kept and sent when it is back."));
    setTimeout(flush, AGAIN_MS);
  } finally {
    sending = false;
  }
}

/** Stored by the server: shown as sent until it comes back with the conversation. @param {Unsent} row */
function sent(row) {
  known.set(row.id, { id: row.id, client: row.id, ours: true, who: "", text: row.text, at: row.at, files: [] });
  keepOutbox(outbox().filter((other) => other.id !== row.id));
  draw();
}

/** @param {Date} at */
const dated = (at) => moment(at, { weekday: "short", day: "numeric", month: "short" });

function draw() {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const clients = new Set([...known.values()].filter((said) => said.id !== said.client).map((said) => said.client));
  const rows = [...known.values()].filter((said) => said.id !== said.client || !clients.has(said.client));
  rows.sort((a, b) => a.at.localeCompare(b.at));
  /** @type {Map<string, Element>} */
  const drawn = new Map([...list.children].map((child) => [child.getAttribute("data-id") ?? "", child]));
  const greeting = list.querySelector(".greeting");
  const wanted = [];
  let day = "";
  for (const said of rows) {
    const on = dated(new Date(said.at));
    if (on !== day) wanted.push(item(`day-${on}`, "day", on === dated(new Date()) ? t("Today") : on, drawn));
    day = on;
    wanted.push(bubble(said, drawn));
  }
  for (const row of outbox()) wanted.push(unsent(row));
  list.replaceChildren(...(greeting ? [greeting] : []), ...wanted);
  if (atEnd || wanted.at(-1)?.classList.contains("me")) list.scrollTop = list.scrollHeight;
}

/** @param {string} id @param {string} kind @param {string} text @param {Map<string, Element>} drawn */
function item(id, kind, text, drawn) {
  const old = drawn.get(id);
  if (old instanceof HTMLElement) return old;
  const made = document.createElement("li");
  made.dataset.id = id;
  made.className = kind;
  made.dir = "auto";
  made.textContent = text;
  return made;
}

/** @param {Said} said @param {Map<string, Element>} drawn */
function bubble(said, drawn) {
  const id = said.client || said.id;
  const old = drawn.get(id);
  if (old instanceof HTMLElement && !old.classList.contains("unsent")) return old;
  const made = item(id, said.ours ? "me" : "them", said.text, new Map());
  if (said.who) made.prepend(small(said.who, "who"));
  for (const file of said.files) made.append(link(file));
  const clock = moment(new Date(said.at), { hour: "2-digit", minute: "2-digit" });
  made.append(small(said.ours ? t("{clock} · sent", { clock }) : clock));
  return made;
}

/** @param {Unsent} row */
function unsent(row) {
  const made = item(row.id, "me unsent", row.text, new Map());
  made.append(small(row.failed ? t("Not sent: {reason}", { reason: row.failed }) : t("Sending…")));
  if (row.failed) {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = t("Take it back to change it");
    again.onclick = () => {
      keepOutbox(outbox().filter((other) => other.id !== row.id));
      box.value = row.text;
      box.focus();
      draw();
    };
    made.append(again);
  }
  return made;
}

/** @param {string} text @param {string} [kind] */
function small(text, kind = "") {
  const made = document.createElement("small");
  made.className = kind;
  made.textContent = text;
  return made;
}

/** @param {{id: string, name: string}} file */
function link(file) {
  const made = document.createElement("a");
  made.href = "#";
  made.textContent = file.name;
  made.onclick = async (event) => {
    event.preventDefault();
    const answer = await fetch(`${base}/files/${file.id}`, { headers: headers() });
    if (!answer.ok) return tell(t("That file is not there any more."));
    const address = URL.createObjectURL(await answer.blob());
    const save = Object.assign(document.createElement("a"), { href: address, download: file.name });
    save.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };
  return made;
}

/** Hear of answers: a stream read by fetch, because the token travels in a header. */
async function listen() {
  for (;;) {
    try {
      if (kept.get(TOKEN)) {
        const answer = await fetch(`${base}/events`, { headers: { ...headers(), Accept: "text/event-stream" } });
        if (answer.status === 401) forget();
        if (answer.ok && answer.body) {
          live = true;
          line.hidden = true;
          await look();
          await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
        }
      }
    } catch {
      line.hidden = false;
      line.textContent = t("Connection lost. It comes back by itself.");
    }
    live = false;
    await wait(kept.get(TOKEN) ? AGAIN_MS : 1000);
  }
}

/** @param {ReadableStreamDefaultReader<string>} reader */
async function read(reader) {
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop() ?? "";
    if (parts.some((part) => /^event: (change|resync)/m.test(part))) void look().catch(() => {});
  }
}

/** @param {Event} [event] */
function submit(event) {
  event?.preventDefault();
  const text = box.value.trim();
  if (!text) return;
  keepOutbox([...outbox(), { id: uid(), text, at: new Date().toISOString() }]);
  box.value = "";
  draw();
  box.focus();
  void flush();
}

/** @type {HTMLFormElement} */ (document.getElementById("write")).addEventListener("submit", submit);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.repeat) submit(event);
});
setInterval(() => live || void look().catch(() => {}), LOOK_MS);
window.addEventListener("online", () => void flush());
draw();
void look().catch(() => {});
void flush();
void listen();
