// The composer: drafts that survive anything, one key per message so that twice sent is once, new messages shown first.

import { send, tell } from "./ask.js";
import { say } from "./say.js";
import { uid } from "./uid.js";

const DRAFT = "heed.draft.";
const OLD_MS = 60 * 24 * 3600 * 1000; // drafts this old are forgotten

/** @returns {HTMLFormElement | null} */
const form = () => document.querySelector("form#composer");
/** @param {string} name @returns {HTMLInputElement} */
const field = (name) => /** @type {HTMLInputElement} */ (form()?.elements.namedItem(name));
const words = () => /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
/** @param {string} text @param {boolean} [bad] */
function note(text, bad = false) {
  const place = document.getElementById("says");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("bad", bad);
}

let sending = false;

/** @param {string} ticket @returns {{text: string, kind: string, key: string, to?: string, cc?: string, at: number} | null} */
function draft(ticket) {
  try {
    return JSON.parse(localStorage.getItem(DRAFT + ticket) ?? "null");
  } catch {
    return null;
  }
}

/** Keep what is typed, at once. */
function keep() {
  const box = form();
  if (!box) return;
  const ticket = box.dataset.ticket ?? "";
  const kind = /** @type {HTMLInputElement} */ (box.querySelector("[name=kind]:checked")).value;
  if (!words().value) localStorage.removeItem(DRAFT + ticket);
  else {
    const kept = { text: words().value, kind, key: field("key").value, to: field("to")?.value, cc: field("cc")?.value, at: Date.now() };
    localStorage.setItem(DRAFT + ticket, JSON.stringify(kept));
  }
}

/** Begin: put the draft back, wire the form. Called whenever a composer is drawn anew. */
export function begin() {
  const box = form();
  if (!box || box.dataset.begun) return;
  box.dataset.begun = "1";
  field("key").value = uid();
  const kept = draft(box.dataset.ticket ?? "");
  if (kept && !words().value) {
    words().value = kept.text;
    field("key").value = kept.key; // sent before the page died? then this is still the same message
    if (kept.to && field("to")) field("to").value = kept.to;
    if (kept.cc !== undefined && field("cc")) field("cc").value = kept.cc;
    choose(kept.kind);
    if (kept.text) note("Draft restored");
  }
  box.addEventListener("input", () => {
    keep();
    newAddresses();
    if (!sending) note("");
  });
  box.addEventListener("change", () => (keep(), chosen()));
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(/** @type {HTMLButtonElement | null} */ (event.submitter));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    submit(null);
  });
  newAddresses();
}

/** @param {string} kind reply or note */
export function choose(kind) {
  const radio = form()?.querySelector(`[name=kind][value=${kind === "note" ? "note" : "reply"}]`);
  if (radio instanceof HTMLInputElement) radio.checked = true;
}

/** @param {string} kind */
export function write(kind) {
  choose(kind);
  words()?.focus();
}

/**
 * A message came in: nobody answers blind. With nothing typed it counts as seen; else it is shown first.
 * @param {string} last id of the latest message from outside
 */
export function arrived(last) {
  const box = form();
  if (!box || !last || field("last_seen").value === last) return;
  if (!words().value.trim()) field("last_seen").value = last;
  else showNewer(last);
}

/** @param {string} last @param {string} [reason] */
function showNewer(last, reason) {
  const bar = /** @type {HTMLElement} */ (document.getElementById("newer"));
  const link = /** @type {HTMLAnchorElement} */ (bar.querySelector("[data-show-newer]"));
  if (reason) /** @type {HTMLElement} */ (bar.querySelector("span")).textContent = reason;
  link.href = `#m-${last}`;
  bar.hidden = false;
  link.onclick = (event) => {
    event.preventDefault();
    const message = document.getElementById(`m-${last}`);
    message?.scrollIntoView({ block: "nearest" });
    message?.classList.add("arrived");
    field("last_seen").value = last;
    bar.hidden = true;
    words().focus();
  };
}

/** @param {HTMLButtonElement | null} button */
async function submit(button) {
  const box = form();
  if (!box || sending) return;
  const data = new FormData(box);
  const files = /** @type {HTMLInputElement} */ (document.getElementById("files"));
  if (!words().value.trim() && !files.files?.length) {
    note("Write something first.", true);
    return words().focus();
  }
  if (button?.name) data.set(button.name, button.value);
  sending = true;
  note("Sending…");
  try {
    const { ok, status, said } = await send(box.action, data);
    if (ok) {
      localStorage.removeItem(DRAFT + box.dataset.ticket);
      words().value = "";
      files.value = "";
      chosen();
      field("key").value = uid();
      note("");
      say("Sent");
      document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "ticket", ticket: box.dataset.ticket, mine: true } }));
    } else {
      note(said.newer ? "" : said.detail || `Not sent (${status}). Your words are kept.`, true);
      if (said.newer) {
        document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "ticket", ticket: box.dataset.ticket, mine: true } }));
        showNewer(said.newer, said.detail);
      }
    }
  } catch {
    tell(false);
    note("Not sent: no connection. Your words are kept; send again when it is back.", true);
  } finally {
    sending = false;
  }
}

/** Show which files will go. */
function chosen() {
  const files = /** @type {HTMLInputElement} */ (document.getElementById("files"));
  const place = document.getElementById("chosen");
  if (!place) return;
  place.replaceChildren(
    ...[...(files.files ?? [])].map((file) => {
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.dir = "auto";
      tag.textContent = file.name;
      return tag;
    }),
  );
}

/** Mark addresses that were on no message of this ticket, and say the recipients in the summary. */
function newAddresses() {
  const box = form();
  const place = document.getElementById("new-address");
  if (!box || !place) return;
  const known = new Set((box.dataset.known ?? "").toLowerCase().split(" "));
  const split = (/** @type {string} */ text) => text.split(/[,;]/).map((part) => part.trim()).filter(Boolean);
  const to = split(field("to").value);
  const cc = split(field("cc").value);
  const fresh = [...to, ...cc].filter((address) => !known.has(address.toLowerCase()));
  place.hidden = !fresh.length;
  place.textContent = fresh.length ? `New on this ticket: ${fresh.join(", ")}` : "";
  const summary = box.querySelector("[data-said]");
  if (summary) summary.textContent = `to ${to.join(", ") || "nobody"}${cc.length ? `, cc ${cc.join(", ")}` : ""}`;
  summary?.classList.toggle("new-address", fresh.length > 0);
}

for (const name of Object.keys(localStorage).filter((key) => key.startsWith(DRAFT))) {
  const kept = draft(name.slice(DRAFT.length));
  if (!kept || Date.now() - kept.at > OLD_MS) localStorage.removeItem(name);
}
