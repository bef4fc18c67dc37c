// The inbox: acts by form or key, and looks again when something changed.

import { counted, looked, noticed } from "./alerts.js";
import { send, tell } from "./ask.js";
import { choosing } from "./choose.js";
import * as composer from "./composer.js";
import * as dialogs from "./dialogs.js";
import "./here.js";
import * as keys from "./keys.js";
import { byId, close, earlier, more, move, open, refreshList, refreshTicket, root, showTab, shown, tab, times } from "./panes.js";
import { restore } from "./place.js";
import { say } from "./say.js";
import { t } from "./words.js";
import "./writing.js";

const SOON_MS = 120; // changes that come together are looked at together
const LIST_MS = 15000; // how often counts of others' work are looked at
const TICK_MS = 30000; // “in 4 min” becomes “in 3 min”

/** @type {Map<string, number>} */
const soon = new Map();
/** @param {string} what @param {() => Promise<void>} act @param {number} [wait] */
function debounced(what, act, wait = SOON_MS) {
  if (soon.has(what)) return;
  soon.set(what, setTimeout(() => {
    soon.delete(what);
    act().catch((error) => error instanceof TypeError && tell(false));
  }, wait));
}

/** @param {HTMLFormElement} box @param {HTMLButtonElement | null} button */
async function act(box, button) {
  const data = new FormData(box);
  if (button?.name) data.set(button.name, button.value);
  if (box.dataset.busy) return;
  box.dataset.busy = "1";
  try {
    const { ok, said } = await send(box.action, data);
    if (!ok) return refuse(box, said.detail || t("It did not work. Try again."));
    if (said.detail) refuse(box, said.detail);
    dialogs.close();
    await after(box.dataset.act ?? "", said);
    document.dispatchEvent(new CustomEvent("heed:acted"));
  } catch {
    tell(false);
    refuse(box, t("No connection. Try again when it is back."));
  } finally {
    delete box.dataset.busy;
  }
}

/** @param {HTMLFormElement} box @param {string} words */
function refuse(box, words) {
  const place = box.querySelector("[data-says], .pull-says") ?? byId("pull-says");
  if (place) place.textContent = words;
  say(words);
}

/** @param {string} what @param {any} said */
async function after(what, said) {
  if (what === "presence") {
    const menu = /** @type {HTMLDetailsElement} */ (byId("presence"));
    byId("presence-now")?.focus();
    menu.open = false;
    say(menu.querySelector(`.choice[value=${said.status}]`)?.childNodes[1]?.textContent?.trim() ?? ""); // the menu itself comes anew
    void refreshList({ fresh: true }).catch(() => tell(false)); // not waited for: until then the next choice would go unheard
    return;
  }
  if (what === "pull" && said.ticket) {
    if (root) root.dataset.tab = "mine";
    await open(said.ticket);
    await refreshList({ fresh: true });
    return composer.write("reply");
  }
  if (said.shows) {
    await Promise.all([open(said.shows), refreshList({ fresh: true })]);
    return say(said.words);
  }
  if (said.left) {
    const rows = [...document.querySelectorAll("#tickets .ticket")];
    const at = rows.findIndex((row) => row.getAttribute("data-ticket") === said.left);
    const next = rows[at + 1] ?? rows[at - 1];
    const to = next?.getAttribute("data-ticket");
    await refreshList({ fresh: true });
    if (!to || tab() !== "mine") {
      await close().catch(() => location.assign(`/?tab=${tab()}`));
      return say(said.words ?? "");
    }
    await open(to);
    return say(`${said.words ?? ""} ${byId("talk-head")?.querySelector("h2")?.textContent ?? ""}`);
  }
  await Promise.all([refreshList({ fresh: true }), refreshTicket({ fresh: true })]);
  if (said.words) say(said.words);
}

function start() {
  composer.begin();
  const lines = byId("lines");
  if (lines && location.hash.startsWith("#m-") === false) lines.scrollTop = lines.scrollHeight;
  history.replaceState({ ticket: shown(), tab: tab() }, "");
  document.querySelector("#tickets [data-shown]")?.scrollIntoView({ block: "nearest" });
  restore();
  document.addEventListener("heed:listed", noticed);
  document.addEventListener("heed:shown", () => (counted(), looked()));

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!(target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = target.closest("a");
    if (!link) return;
    if (link.dataset.open) {
      event.preventDefault();
      void open(link.dataset.open).catch(() => location.assign(link.href));
    } else if (link.dataset.tab) {
      event.preventDefault();
      void showTab(link.dataset.tab).catch(() => location.assign(link.href));
    } else if ("back" in link.dataset && root) {
      event.preventDefault();
      root.dataset.pane = "list";
      /** @type {HTMLElement | null} */ (document.querySelector(`[id="open-${shown()}"]`))?.focus();
    } else if ("panel" in link.dataset) {
      event.preventDefault();
      byId("panel")?.classList.add("open");
      /** @type {HTMLElement | null} */ (document.querySelector("[data-panel-close]"))?.focus();
    } else if ("panelClose" in link.dataset) {
      event.preventDefault();
      closePanel();
    } else if ("earlier" in link.dataset) {
      event.preventDefault();
      void earlier(link);
    } else if ("more" in link.dataset) {
      event.preventDefault();
      void more(link);
    }
  });
  document.addEventListener("submit", (event) => {
    const box = /** @type {HTMLFormElement} */ (event.target);
    if (!box.dataset.act) return;
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button?.getAttribute("aria-disabled") === "true") return say(byId("pull-says")?.textContent ?? "");
    void act(box, button);
  });
  document.addEventListener("heed:hint", (event) => heard(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener("heed:sent", (event) => void after("", /** @type {CustomEvent} */ (event).detail));
  document.addEventListener("heed:line", (event) => {
    const banner = byId("lost");
    if (banner) banner.hidden = /** @type {CustomEvent} */ (event).detail.works;
  });
  byId("retry")?.addEventListener("click", () => heard({ kind: "look" }));
  document.addEventListener("visibilitychange", () => document.hidden || heard({ kind: "look" }));
  window.addEventListener("popstate", (event) => {
    const ticket = event.state?.ticket;
    if (ticket) void open(ticket, { push: false });
    else location.reload();
  });
  setInterval(() => document.hidden || heard({ kind: "tick" }), TICK_MS);

  keys.run("choose", () => choosing());
  keys.run("next", () => move(1));
  keys.run("previous", () => move(-1));
  keys.run("reply", () => composer.write("reply"));
  keys.run("note", () => (byId("note-text") ?? byId("text")) && (composer.write("note"), byId("note-text")?.focus()));
}

function closePanel() {
  byId("panel")?.classList.remove("open");
  /** @type {HTMLElement | null} */ (document.querySelector("[data-panel]"))?.focus();
}

/** @param {any} hint */
function heard(hint) {
  if (["notice", "here"].includes(hint.kind)) return; // heard elsewhere
  const about = hint.ticket === shown() || hint.all || (hint.tickets ?? []).includes(shown());
  const everything = ["look", "tick"].includes(hint.kind);
  if (everything || hint.kind === "ticket" && about || hint.kind === "line" && about) debounced("ticket", refreshTicket);
  if (everything || hint.mine || hint.was_mine || hint.kind === "presence") debounced("list", refreshList);
  else if (tab() === "waiting") debounced("list", refreshList, SOON_MS + Math.random() * (hint.spread ?? 0));
  else if (Date.now() - times.listed > LIST_MS) debounced("list", refreshList, Math.random() * 4000);
}

if (root) start();
