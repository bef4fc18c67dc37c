// The rules page at work: each change is saved as it is made, rules are dragged, a message is tried while it is typed.
// All is done by the forms of the page; here they are sent in the background and the page is made to look like the answer.

import { headers } from "./ask.js";
import { morph } from "./morph.js";
import { say } from "./say.js";
import { t } from "./words.js";

const TRY_AFTER_MS = 400; // since the last key
const LOOK_MS = 15000; // between looks while changes are not told
const CHOSEN_AFTER_MS = 900; // since the last letter typed into a list: each letter chooses anew

const root = /** @type {HTMLElement} */ (document.getElementById("rules-page"));
let last = Promise.resolve(); // requests go one after the other: each stands on what the one before it made
let dirty = false; // something is typed that was not sent yet
let sending = 0;
let trying = 0;
let choosing = 0;
let looked = Date.now(); // when the page was last known to be fresh
let byKey = false; // the last thing pressed was a key

/** @param {DocumentFragment} fresh */
function show(fresh) {
  const page = fresh.querySelector("#rules-page");
  if (!page) return;
  const had = document.activeElement;
  const name = had instanceof HTMLElement ? had.dataset.name ?? had.getAttribute("name") ?? had.id : "";
  morph(root, page);
  if (sending) root.dataset.saving = "1"; // what is shown knows nothing of what is still to be sent
  looked = Date.now();
  const wanted = root.dataset.focus;
  if (wanted) focusOn(wanted);
  else if (had && !had.isConnected && name) focusOn(name);
  const told = root.querySelector("#rules-told [role=alert], #rules-told [role=status]");
  if (told) say(told.textContent ?? "");
}

/** @param {string} name */
function focusOn(name) {
  const safe = CSS.escape(name);
  const found = root.querySelector(`[data-name="${safe}"], [name="${safe}"], #${safe}`);
  if (found instanceof HTMLButtonElement && found.disabled) /** @type {HTMLElement | null} */ (found.closest("li")?.querySelector("a, button:not(:disabled)"))?.focus();
  else if (found instanceof HTMLElement) found.focus();
}

/** Ask for the page, or send fields, after what is under way: they are read then. @param {string} path @param {() => FormData} [fields] */
function ask(path, fields) {
  sending += 1;
  root.dataset.saving = "1";
  last = last.then(async () => {
    const data = fields?.();
    if (data) data.set("revision", root.dataset.revision ?? "0");
    const how = data ? { method: "POST", body: data } : {};
    const answer = await fetch(path, { ...how, headers: headers({ "X-Heed-Fragment": "1", Accept: "text/html" }), cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname === "/login") return location.reload();
    const text = await answer.text();
    if (![200, 409, 422].includes(answer.status)) throw new Error(`${answer.status}`);
    show(document.createRange().createContextualFragment(text));
  }).catch(() => {
    dirty = true;
    say(t("This could not be saved. It is tried again with your next change."));
    root.dataset.failed = "1";
  }).finally(() => {
    sending -= 1;
    if (!sending) delete root.dataset.saving;
  });
  return last;
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} [by] */
function send(form, by = null) {
  const [name, value] = by instanceof HTMLButtonElement && by.name ? [by.name, by.value] : ["do", "save"];
  delete root.dataset.failed;
  if (form.hasAttribute("data-rule-form")) dirty = false;
  return ask(form.action, () => {
    const data = new FormData(form);
    data.set(name, value);
    data.delete("csrf_token");
    if (form.hasAttribute("data-rule-form")) dirty = false;
    return data;
  });
}

const ruleForm = () => /** @type {HTMLFormElement | null} */ (root.querySelector("form[data-rule-form]"));

/** What is typed in the open rule goes first. */
function flush() {
  const form = ruleForm();
  clearTimeout(choosing);
  return dirty && form ? send(form) : last;
}

root.addEventListener("input", (event) => {
  const on = /** @type {HTMLElement} */ (event.target);
  if (on.closest("[data-rule-form]")) dirty = true;
  on.closest("form[data-fact-form]")?.setAttribute("data-typed", "1");
  if (!on.closest("[data-try]")) return;
  clearTimeout(trying);
  trying = setTimeout(tryIt, TRY_AFTER_MS);
});

for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (byKey = kind === "keydown"), true);

root.addEventListener("change", (event) => {
  const on = /** @type {HTMLElement} */ (event.target);
  const form = on.closest("form[data-rule-form]");
  if (!(form instanceof HTMLFormElement)) return;
  clearTimeout(choosing);
  if (byKey && on instanceof HTMLSelectElement) choosing = setTimeout(flush, CHOSEN_AFTER_MS);
  else void send(form);
});
root.addEventListener("focusout", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.isConnected && event.target.closest("[data-rule-form]")) void flush();
});

root.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.matches("[data-try]")) {
    event.preventDefault();
    return tryIt();
  }
  if (!form.matches("[data-rule-form], [data-quick]")) return;
  event.preventDefault();
  if (form.matches("[data-quick]")) void flush();
  void send(form, event.submitter);
});

root.addEventListener("click", (event) => {
  const on = /** @type {HTMLElement} */ (event.target);
  const link = on.closest("a[data-open]");
  const card = on.closest("li.rule:not(.open)");
  const way = link instanceof HTMLAnchorElement ? link : card && !on.closest("a, button, summary, input") ? card.querySelector("a[data-open]") : null;
  if (!(way instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void flush();
  void ask(way.href.split("#")[0] ?? way.href).then(() => {
    history.replaceState(null, "", way.href.split("#")[0]);
    const open = root.querySelector("#open");
    if (!open) return;
    open.scrollIntoView({ block: "nearest" });
    if (!open.contains(document.activeElement)) /** @type {HTMLElement | null} */ (open.querySelector("[name=name]"))?.focus();
  });
});

async function tryIt() {
  const form = /** @type {HTMLFormElement | null} */ (root.querySelector("form[data-try]"));
  const place = document.getElementById("tried");
  if (!form || !place) return;
  await flush();
  const data = new FormData(form);
  data.delete("csrf_token");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: headers({ "X-Heed-Fragment": "1" }) }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = document.createElement("div");
  fresh.id = "tried";
  for (const { name, value } of [...place.attributes]) fresh.setAttribute(name, value);
  fresh.append(document.createRange().createContextualFragment(await answer.text()));
  morph(place, fresh);
}

// What others change is shown, unless something is being typed or dragged: then it is put together when that is saved.
document.addEventListener("heed:hint", (event) => {
  const { kind } = /** @type {CustomEvent} */ (event).detail;
  const due = kind === "rules" || kind === "look" && Date.now() - looked > LOOK_MS; // a look: something may have been missed
  if (!due || dirty || sending || dragged || root.querySelector("form[data-typed]")) return;
  const open = ruleForm()?.querySelector("[name=rule]");
  const url = new URL("/rules", location.href);
  url.searchParams.set("brand", root.dataset.brand ?? "");
  if (open instanceof HTMLInputElement) url.searchParams.set("rule", open.value);
  const fact = root.querySelector("li form[data-fact-form] [name=was]");
  if (fact instanceof HTMLInputElement) url.searchParams.set("fact", fact.value);
  void ask(url.href);
});

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
  const on = /** @type {HTMLElement} */ (target);
  if ((ctrlKey || metaKey) && !shiftKey && key === "z" && !on.matches("input, textarea")) {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (root.querySelector("#undo button:not(:disabled)"))?.click();
  }
  const step = altKey ? { ArrowUp: "up", ArrowDown: "down" }[key] : undefined;
  const way = step && on.closest("li.rule")?.querySelector(`.steps [value=${step}]:not(:disabled)`);
  if (!(way instanceof HTMLElement)) return;
  event.preventDefault();
  way.click();
});

// Rules are dragged to another place.
/** @type {HTMLElement | null} */
let dragged = null;

/** @param {EventTarget | null} on @returns {HTMLElement | null} */
const cardAt = (on) => (on instanceof Element ? on.closest("li.rule") : null);

function clear() {
  for (const one of root.querySelectorAll(".over-before, .over-after, .dragged")) one.classList.remove("over-before", "over-after", "dragged");
}

root.addEventListener("dragstart", (event) => {
  dragged = cardAt(event.target);
  if (!dragged || !event.dataTransfer) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.rule ?? "");
  dragged.classList.add("dragged");
});
root.addEventListener("dragover", (event) => {
  const over = cardAt(event.target);
  if (!dragged || !over) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  clear();
  dragged.classList.add("dragged");
  over.classList.add(event.clientY < box.top + box.height / 2 ? "over-before" : "over-after");
});
root.addEventListener("drop", (event) => {
  const over = cardAt(event.target);
  if (!dragged || !over) return;
  event.preventDefault();
  const cards = [...root.querySelectorAll("li.rule")];
  const from = cards.indexOf(dragged);
  let to = cards.indexOf(over) + (over.classList.contains("over-after") ? 1 : 0);
  if (to > from) to -= 1;
  clear();
  if (to === from) return;
  const fields = new FormData();
  for (const [name, value] of Object.entries({ brand: root.dataset.brand ?? "", rule: dragged.dataset.rule ?? "", to: String(to + 1) })) fields.set(name, value);
  const open = ruleForm()?.querySelector("[name=rule]");
  if (open instanceof HTMLInputElement) fields.set("open", open.value);
  void flush();
  void ask("/rules/move", () => fields);
});
root.addEventListener("dragend", () => {
  dragged = null;
  clear();
});

document.documentElement.dataset.rules = "ready";
