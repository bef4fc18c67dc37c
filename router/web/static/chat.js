// The customer's chat: draws the conversation, hears of answers at once, and comes back by itself after a cut.

import { begins, connected, seen, stands, types, written } from "./beside.js";
import { add, base, drop, flush, forget, headers, outbox, post, progress, serve, token, vouched, wait } from "./outbox.js";
import { pick, take } from "./picked.js";
import { ask } from "./rating.js";
import { uid } from "./uid.js";
import { moment, t } from "./words.js";

const list = /** @type {HTMLElement} */ (document.getElementById("said"));
const box = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
const framed = document.body.classList.contains("framed");
const AGAIN_MS = 3000; // between attempts to hear; a little more or less, so that not all come at once
const LOOK_MS = 4000; // between looks while no stream is open
const SILENT_MS = 40000; // a stream says something every 15 s; one that is silent for so long was cut
const SITE_MS = 1500; // how long the site's page may take to say who its customer is

/** @typedef {import("./outbox.js").Unsent} Unsent */
/** @typedef {{id: string, client: string, ours: boolean, who: string, text: string, at: string, files: {id: string, name: string}[]}} Said */

/** @type {Map<string, Said>} */
const known = new Map();
let last = "";
let seenAt = ""; // up to when the desk has seen what was written
let live = false;
let shown = !framed; // the widget says when it is open
let unread = 0;

/** @param {string} [words] */
function tell(words = "") {
  notice.hidden = !words;
  notice.textContent = words;
}

/** Fetch what is new. */
async function look() {
  if (!token()) return;
  const answer = await fetch(`${base}/messages?after=${last}`, { headers: headers() });
  if (answer.status === 401) return forget();
  if (!answer.ok) return;
  const { messages, asked = null, seen: until = "" } = await answer.json();
  ask(/** @type {HTMLElement} */ (document.getElementById("rating")), asked, rate);
  for (const said of /** @type {Said[]} */ (messages)) {
    if (!said.ours && !known.has(said.id)) {
      written(false);
      if (!shown || document.hidden) unread += 1;
    }
    known.set(said.id, said);
    last = said.id;
    if (said.ours) drop(said.client);
  }
  seenAt = until;
  draw();
  readAll();
  if (messages.length) void stands();
}

/** Tell the desk what was read, and the widget what was not. */
function readAll() {
  const ours = [...known.values()].filter((said) => !said.ours).sort((a, b) => a.at.localeCompare(b.at)).at(-1);
  if (shown && !document.hidden) {
    unread = 0;
    if (ours) void seen(ours.id);
  }
  if (framed) parent.postMessage({ heed: "unread", unread }, "*");
}

/** Send what the customer thinks of the help; true when it is stored. @param {number} score @param {string} comment */
async function rate(score, comment) {
  const answer = await post("rating", { score, comment }).catch(() => null);
  if (answer?.ok) tell();
  else tell(answer ? (await answer.json().catch(() => ({}))).detail : t("No connection. Try again in a moment."));
  return Boolean(answer?.ok);
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
    if (on !== day) wanted.push(drawn.get(`day-${on}`) ?? item(`day-${on}`, "day", on === dated(new Date()) ? t("Today") : on));
    day = on;
    wanted.push(bubble(said, drawn.get(said.client || said.id)));
  }
  for (const row of outbox()) wanted.push(unsent(row));
  list.replaceChildren(...(greeting ? [greeting] : []), ...wanted);
  if (atEnd || wanted.at(-1)?.classList.contains("me")) list.scrollTop = list.scrollHeight;
}

/** @param {string} id @param {string} kind @param {string} text */
function item(id, kind, text) {
  const made = document.createElement("li");
  made.dataset.id = id;
  made.className = kind;
  made.dir = "auto";
  made.textContent = text;
  return made;
}

/** @param {Said} said @param {Element} [old] */
function bubble(said, old) {
  const clock = moment(new Date(said.at), { hour: "2-digit", minute: "2-digit" });
  const state = !said.ours ? clock : said.id !== said.client && said.at <= seenAt ? t("{clock} · seen", { clock }) : t("{clock} · sent", { clock });
  const stands = old?.querySelector("small:last-child");
  if (old && stands && !old.classList.contains("unsent") && old.getElementsByTagName("a").length === said.files.length) {
    if (stands.textContent !== state) stands.textContent = state;
    return old;
  }
  const made = item(said.client || said.id, said.ours ? "me" : "them", said.text);
  if (said.who) made.prepend(small(said.who, "who"));
  for (const file of said.files) made.append(link(file));
  made.append(small(state));
  return made;
}

/** @param {Unsent} row */
function unsent(row) {
  const made = item(row.id, "me unsent", row.text);
  for (const name of row.files ?? []) made.append(small(name));
  if (row.files?.length && !row.failed) {
    const bar = Object.assign(document.createElement("progress"), { value: progress.get(row.id) ?? 0 });
    bar.setAttribute("aria-label", t("Sending…"));
    made.append(bar);
  }
  made.append(small(row.failed ? t("Not sent: {reason}", { reason: row.failed }) : t("Sending…")));
  if (row.failed) {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = t("Take it back to change it");
    again.onclick = () => {
      drop(row.id);
      box.value = row.text;
      box.focus();
      draw();
    };
    made.append(again);
  }
  return made;
}

/** @param {string} text @param {string} [kind] */
const small = (text, kind = "") => Object.assign(document.createElement("small"), { className: kind, textContent: text });

/** @param {{id: string, name: string}} file */
function link(file) {
  const made = Object.assign(document.createElement("a"), { href: "#", textContent: file.name });
  made.onclick = async (event) => {
    event.preventDefault();
    const answer = await fetch(`${base}/files/${file.id}`, { headers: headers() });
    if (!answer.ok) return tell(t("That file is not there any more."));
    const address = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };
  return made;
}

/** Hear of answers: a stream read by fetch, because the token travels in a header. */
async function listen() {
  for (;;) {
    let pause = token() ? AGAIN_MS : 1000;
    const cut = new AbortController();
    try {
      if (token()) {
        const answer = await fetch(`${base}/events`, { headers: { ...headers(), Accept: "text/event-stream" }, signal: cut.signal });
        if (answer.status === 401) forget();
        connected(true);
        if (answer.ok && answer.body) {
          live = true;
          await look();
          await read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), cut);
        } else pause = Number(answer.headers.get("Retry-After") ?? 3) * 1000; // looked at now and then meanwhile
      }
    } catch {
      connected(false);
    }
    live = false;
    await wait(pause);
  }
}

/** @param {ReadableStreamDefaultReader<string>} reader @param {AbortController} cut */
async function read(reader, cut) {
  let rest = "";
  for (;;) {
    const silent = setTimeout(() => cut.abort(), SILENT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silent));
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/m.exec(part) ?? [];
      const said = name ? JSON.parse(data) : {};
      if (said.kind === "typing") written(said.doing === "types");
      else if (name === "change" || name === "resync") void look().catch(() => {});
    }
  }
}

/** @param {Event} [event] */
function submit(event) {
  event?.preventDefault();
  const text = box.value.trim();
  const files = take();
  if (!text && !files.length) return;
  box.value = "";
  types(false);
  add({ id: uid(), text, at: new Date().toISOString(), ...(files.length ? { files: files.map((file) => file.name) } : {}) }, files);
  box.focus();
}

/** Ask the page that frames this one who its customer is; a site without an answer has guests. */
const introduced = () =>
  new Promise((done) => {
    addEventListener("message", ({ source, data }) => {
      if (source !== parent || typeof data?.heed !== "string") return;
      if (data.heed === "shown") {
        shown = Boolean(data.shown);
        readAll();
      } else if (data.heed === "identity" && typeof data.token === "string") {
        if (data.token) vouched(data.token);
        done(0);
      }
    });
    parent.postMessage({ heed: "ready" }, "*"); // holds nothing of the customer's
    setTimeout(done, SITE_MS);
  });

serve({
  drawn: draw,
  tell,
  sent: (row) => {
    known.set(row.id, { id: row.id, client: row.id, ours: true, who: "", text: row.text, at: row.at, files: [] });
    drop(row.id);
    draw();
  },
  forget: () => {
    known.clear();
    last = "";
    draw();
  },
});
/** @type {HTMLFormElement} */ (document.getElementById("write")).addEventListener("submit", submit);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.repeat) submit(event);
});
box.addEventListener("input", () => types(Boolean(box.value.trim())));
document.addEventListener("visibilitychange", () => document.hidden || (readAll(), void look().catch(() => {})));
addEventListener("online", () => void flush());
pick(tell);
begins(tell);
draw();
if (framed && parent !== window) {
  addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && parent.postMessage({ heed: "close" }, "*"));
  await introduced();
}
setInterval(() => live || void look().then(() => connected(true)).catch(() => connected(false)), LOOK_MS);
void look().catch(() => {});
void flush();
void stands();
void listen();
