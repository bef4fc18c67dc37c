// The composer: one key per message so that twice sent is once, new messages shown first, nothing typed is ever lost.

import { send, tell } from "./ask.js";
import * as drafts from "./drafts.js";
import { say } from "./say.js";
import { uid } from "./uid.js";
import { count, t } from "./words.js";

const ADDRESS = /^[^@\s<>,;:"\\]{1,64}@[a-z0-9.-]{1,255}$/i; // as the server takes it
const PEOPLE = ["to", "cc", "bcc"];

/** @returns {HTMLFormElement | null} */
const form = () => document.querySelector("form#composer");
/** @param {string} name @returns {HTMLInputElement} */
const field = (name) => /** @type {HTMLInputElement} */ (form()?.elements.namedItem(name));
const words = () => /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const split = (/** @type {string} */ text) => text.split(/[,;،؛]/).map((part) => part.trim()).filter(Boolean);
/** @param {string} text @param {boolean} [bad] */
function note(text, bad = false) {
  const place = document.getElementById("says");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("bad", bad);
}

/** @type {typeof import("./files.js") | undefined} */
let files; // these two come after the page is there; without them files go as a plain form sends them
/** @type {typeof import("./leaving.js") | undefined} */
let leaving;
let sending = false;
let chosePeople = false; // recipients were changed: they belong to the draft

/** Let the next one go to the usual people again. */
function usual() {
  chosePeople = false;
  if (!field("to")) return;
  for (const name of PEOPLE) field(name).value = (name === "bcc" ? "" : form()?.dataset[name === "cc" ? "all" : name]) ?? "";
  const fold = /** @type {HTMLDetailsElement} */ (document.getElementById("recipients"));
  if (fold.contains(document.activeElement)) words().focus();
  fold.open = false;
}

const fresh = () => void (field("key").value = uid());

/** @returns {drafts.Words} */
function read() {
  const of = (/** @type {string} */ name) => (chosePeople && field(name)?.value) || "";
  return { text: words().value, kind: kind(), key: field("key").value, to: of("to"), cc: of("cc"), bcc: of("bcc") };
}

/** @param {Partial<drafts.Words>} given */
function fill(given) {
  words().value = given.text ?? "";
  if (given.key) field("key").value = given.key; // sent before the page died? then this is still the same message
  if (given.kind) choose(given.kind);
  if (given.to && field("to")) {
    chosePeople = true;
    for (const name of PEOPLE) field(name).value = given[/** @type {"to"} */ (name)] ?? "";
  }
  if (given.files) files?.back(given.files);
  words().dispatchEvent(new Event("heed:filled", { bubbles: true }));
  look();
}

/** Begin: put the draft back, wire the form. Called whenever a composer is drawn anew. */
export function begin() {
  const box = form();
  if (!box || box.dataset.begun) return;
  box.dataset.begun = "1";
  if (!words().value) fresh();
  words().setSelectionRange(words().value.length, words().value.length); // one goes on at the end
  chosePeople = PEOPLE.some((name) => field(name) && field(name).value !== (name === "cc" ? box.dataset.all : name === "to" ? box.dataset.to : ""));
  drafts.begin(box, { read, fill, note, fresh });
  void import("./files.js").then((module) => (files = module).begin(note));
  void import("./leaving.js").then((module) => (leaving = module).backTo(back));
  box.addEventListener("input", (event) => {
    const on = /** @type {HTMLInputElement} */ (event.target);
    if (PEOPLE.includes(on.name)) chosePeople = true;
    else if (on !== words() && on.name !== "kind") return;
    drafts.changed();
    look();
    if (!sending) note("");
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(/** @type {HTMLButtonElement | null} */ (event.submitter));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    const on = /** @type {HTMLInputElement} */ (event.target);
    if (event.ctrlKey || event.metaKey) submit(null);
    else if (PEOPLE.includes(on.name)) words().focus(); // Enter in an address is not yet a message
    else return;
    event.preventDefault();
  });
  for (const one of box.querySelectorAll("[data-scripted]")) /** @type {HTMLElement} */ (one).hidden = false;
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("button[data-cc]"))) {
    one.onclick = () => {
      field("cc").value = one.dataset.cc ?? "";
      field("cc").dispatchEvent(new Event("input", { bubbles: true }));
    };
  }
  look();
}

const kind = () => /** @type {HTMLInputElement} */ (form()?.querySelector("[name=kind]:checked")).value;

/** @param {string} kind reply or note */
export function choose(kind) {
  const radio = form()?.querySelector(`[name=kind][value=${kind === "note" ? "note" : "reply"}]`);
  if (radio instanceof HTMLInputElement && !radio.disabled) radio.checked = true;
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
  const text = words().value;
  if (!text.trim() && !files?.some() && !field("files").files?.length) {
    note(t("Write something first."), true);
    return words().focus();
  }
  if (kind() === "reply" && look()) {
    /** @type {HTMLDetailsElement} */ (document.getElementById("recipients")).open = true;
    return /** @type {HTMLElement} */ (box.querySelector("[aria-invalid=true]")).focus();
  }
  const ticket = box.dataset.ticket ?? "";
  const data = new FormData(box);
  const heavy = files?.into(data);
  if (button?.name) data.set(button.name, button.value);
  sending = true;
  drafts.hold();
  for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (box.querySelectorAll("details.menu[open]"))) {
    if (menu.contains(document.activeElement)) words().focus();
    menu.open = false;
  }
  note(heavy ? t("Uploading…") : t("Sending…"));
  try {
    const { ok, status, said } = await (files && heavy ? files.upload(box.action, data) : send(box.action, data));
    if (ok) return went(box, text, ticket, said);
    if (said.fresh) fresh();
    note(said.newer ? "" : said.detail || t("Not sent ({status}). Your words are kept.", { status }), true);
    if (said.newer) {
      document.dispatchEvent(new CustomEvent("heed:hint", { detail: { kind: "ticket", ticket, mine: true } }));
      showNewer(said.newer, said.detail);
    }
    if (box === form()) drafts.changed(false);
  } catch {
    tell(false);
    note(t("Not sent: no connection. Your words are kept; send again when it is back."), true);
    if (box === form()) drafts.changed(false);
  } finally {
    sending = false;
  }
}

/** @param {HTMLFormElement} box @param {string} text @param {string} ticket @param {any} said */
function went(box, text, ticket, said) {
  drafts.forget(box);
  files?.clear(ticket);
  if (box === form()) {
    const more = words().value; // typed while it was on its way: the next message
    const rest = more === text ? "" : more.startsWith(text) ? more.slice(text.length).trim() : more;
    usual();
    fill({ text: rest });
    fresh();
    note("");
    if (rest) drafts.changed();
  }
  if (said.undo_s > 0) leaving?.show(said.message, Number(said.undo_s));
  else say(t("Sent"));
  document.dispatchEvent(new CustomEvent("heed:sent", { detail: said.left ? { left: said.left } : {} }));
}

/** Put the words of a reply back that was taken back. @param {string} ticket @param {any} draft */
function back(ticket, draft) {
  const box = form();
  if (!draft || box?.dataset.ticket !== ticket) return;
  const now = words().value.trim();
  const text = !now || draft.text.includes(now) ? draft.text : `${draft.text}\n\n${now}`;
  drafts.put({ ...draft, text });
  words().focus();
}

/** Look at what stands there: recipients that are new or none, and how long it is. Says whether an address is none. */
function look() {
  const box = form();
  if (!box) return false;
  const left = /** @type {HTMLElement} */ (document.getElementById("left"));
  const [long, most, near] = [words().value.length, Number(box.dataset.most), Number(box.dataset.near)];
  left.hidden = !most || long < near || kind() === "note";
  const over = long > most;
  left.className = `left small${over ? ("splits" in box.dataset ? " many" : " bad") : ""}`;
  left.textContent = over && "splits" in box.dataset
    ? count(Math.ceil(long / most), "Goes as {n} message", "Goes as {n} messages")
    : over ? count(long - most, "{n} character too many", "{n} characters too many") : count(most - long, "{n} character left", "{n} characters left");
  const place = document.getElementById("new-address");
  if (!place) return false;
  const known = new Set((box.dataset.known ?? "").toLowerCase().split(" "));
  const people = PEOPLE.map((name) => split(field(name).value));
  const [to = [], cc = [], bcc = []] = people;
  const all = people.flat();
  const news = all.filter((address) => ADDRESS.test(address) && !known.has(address.toLowerCase()));
  place.hidden = !news.length;
  place.textContent = news.length ? t("New on this ticket: {list}", { list: news.join(", ") }) : "";
  const bad = all.filter((address) => !ADDRESS.test(address));
  const wrong = /** @type {HTMLElement} */ (document.getElementById("bad-address"));
  wrong.hidden = !bad.length;
  wrong.textContent = bad.length ? t("No mail address: {list}", { list: bad.join(", ") }) : "";
  for (const name of PEOPLE) field(name).setAttribute("aria-invalid", String(split(field(name).value).some((one) => !ADDRESS.test(one))));
  const said = box.querySelector("[data-said]");
  if (said) {
    said.textContent = [
      t("to {list}", { list: to.join(", ") || t("nobody") }), cc.length && t("cc {list}", { list: cc.join(", ") }), bcc.length && t("bcc {list}", { list: bcc.join(", ") }),
    ].filter(Boolean).join(" · ");
    said.classList.toggle("new-address", news.length + bad.length > 0);
  }
  return bad.length > 0;
}
