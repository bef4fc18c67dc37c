// Hears what changed: an event stream, and a look every few seconds while there is none.
// Tells the page by events on `document`: `heed:hint` {kind, ticket?, mine?} and `heed:line` {works}.

import { signedOut } from "./ask.js";

const LOOK_MS = 2500; // between looks while no stream is open
const AGAIN_MS = 1000; // before a stream that was refused is asked for again; twice as long each time
const MOST_MS = 30000;
const SLEPT_MS = 5000; // a second that took so long: the page was frozen, or the lid was closed
const PATIENCE_MS = 2000; // without a line before the page says so

/** @type {EventSource | null} */
let source = null;
let looking = 0;
let again = 0;
let refused = 0;
let silent = 0;
let open = false;

/** @param {string} name @param {object} detail */
function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** @param {boolean} is */
function connected(is) {
  if (is) {
    clearTimeout(silent);
    silent = 0;
    tell("heed:line", { works: true });
  } else silent ||= setTimeout(() => {
    silent = 0;
    if (!open) tell("heed:line", { works: false });
  }, PATIENCE_MS);
  if (is === open) return;
  open = is;
  clearTimeout(looking);
  if (!is) look();
}

/** Look at everything now and then, at moments that differ from page to page. */
function look() {
  looking = setTimeout(() => {
    if (open) return;
    tell("heed:hint", { kind: "look" });
    look();
  }, LOOK_MS * (0.8 + Math.random() * 0.4));
}

/** @param {Event} event @returns {any} */
const said = (event) => JSON.parse(/** @type {MessageEvent} */ (event).data);

/** Open the stream; the browser opens it again by itself unless the server refuses. */
export function listen() {
  clearTimeout(again);
  source?.close();
  source = new EventSource("/events");
  source.addEventListener("hello", (event) => {
    refused = 0;
    connected(true);
    const banner = document.getElementById("newer-release");
    if (banner && !import.meta.url.includes(`/static/${said(event).release}/`)) banner.hidden = false;
    tell("heed:hint", { kind: "look" });
  });
  source.addEventListener("change", (event) => tell("heed:hint", said(event)));
  source.addEventListener("line", (event) => tell("heed:hint", { kind: "line", ...said(event) }));
  source.addEventListener("resync", () => tell("heed:hint", { kind: "look" }));
  source.addEventListener("ended", () => (source?.close(), signedOut()));
  source.onerror = () => {
    connected(false);
    if (source?.readyState !== EventSource.CLOSED) return;
    again = setTimeout(listen, Math.min(AGAIN_MS * 2 ** refused++, MOST_MS) * (0.7 + Math.random() * 0.6));
  };
}

/** Say whether the stream is open. */
export const isConnected = () => open;

/** The page was away, or the line is back: nothing of before is trusted. */
function back() {
  if (!source) return;
  listen();
  tell("heed:hint", { kind: "look" });
}

addEventListener("offline", () => {
  tell("heed:line", { works: false });
  if (source) listen(); // an answer that was under way may say that the line works: a stream asked for now knows better
});
addEventListener("online", back);
document.addEventListener("resume", back);
addEventListener("pageshow", (event) => event.persisted && back());
let last = Date.now();
setInterval(() => {
  if (Date.now() - last > SLEPT_MS) back();
  last = Date.now();
}, 1000);

look();
