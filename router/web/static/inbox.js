// The inbox: opens tickets without a reload, keeps list and conversation up to date, acts by form or key.

import { fragment, send, tell } from "./ask.js";
import * as composer from "./composer.js";
import * as dialogs from "./dialogs.js";
import * as keys from "./keys.js";
import { morph } from "./morph.js";
import { say } from "./say.js";

const SOON_MS = 120; // changes that come together are looked at together
const LIST_MS = 15000; // how often counts of others' work are looked at
const TICK_MS = 30000; // “in 4 min” becomes “in 3 min”

const root = document.getElementById("inbox");
const shown = () => root?.dataset.ticket ?? "";
const tab = () => root?.dataset.tab ?? "mine";
const byId = (/** @type {string} */ id) => document.getElementById(id);

/** @type {Map<string, number>} */
const soon = new Map();
let listedAt = Date.now();

/** @param {string} what @param {() => Promise<void>} act @param {number} [wait] */
function debounced(what, act, wait = SOON_MS) {
  if (soon.has(what)) return;
  soon.set(what, setTimeout(() => {
    soon.delete(what);
    act().catch((error) => error instanceof TypeError && tell(false));
  }, wait));
}

/** @param {{fresh?: boolean}} [how] */
async function refreshList(how) {
  listedAt = Date.now();
  const asked = tab();
  const found = await fragment(`/inbox/list?tab=${asked}&ticket=${shown()}`, how);
  const fresh = found?.getElementById("list");
  const old = byId("list");
  if (fresh && old && asked === tab()) morph(old, fresh);
}

/** @param {{fresh?: boolean}} [how] */
async function refreshTicket(how) {
  const ticket = shown();
  if (!ticket) return;
  const found = await fragment(`/tickets/${ticket}/conversation?tab=${tab()}`, how);
  if (found && ticket === shown()) draw(found);
}

/** Put a ticket's fragment into the page; the composer stays as it is while it is the same one. @param {DocumentFragment} found */
function draw(found) {
  const lines = byId("lines");
  const atEnd = !lines || lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60;
  const before = lines?.dataset.last;
  const talk = found.getElementById("talk");
  const old = byId("talk");
  if (!talk || !old) return;
  const same = old.dataset.ticket === talk.dataset.ticket;
  const now = byId("composer");
  const next = talk.querySelector("#composer");
  if (same && now && next && now.dataset.mode === next.getAttribute("data-mode") && now.tagName === next.tagName) {
    keepEarlier(old, talk);
    if (now.dataset.mode === "write") morphAround(old, talk);
    else morph(old, talk);
  } else if (same) {
    keepEarlier(old, talk);
    now?.remove();
    morph(old, talk);
  } else {
    old.replaceWith(talk);
  }
  const panel = found.getElementById("panel");
  const aside = byId("panel");
  if (panel && aside) morph(aside, panel);
  composer.begin();
  const fresh = byId("lines");
  if (!fresh) return;
  if (!same || atEnd) fresh.scrollTop = fresh.scrollHeight;
  if (same && before !== fresh.dataset.last) {
    say("A new message came in");
    composer.arrived(fresh.dataset.last ?? "");
  }
}

/** Messages fetched by “Earlier messages” are not in a fresh copy: they stay. @param {Element} old @param {Element} talk */
function keepEarlier(old, talk) {
  const lines = talk.querySelector("#lines");
  const has = new Set([...(lines?.children ?? [])].map((child) => child.getAttribute("data-key")));
  const first = [...(lines?.children ?? [])].find((child) => child.id.startsWith("m-"));
  const ours = [...old.querySelectorAll("#lines > *")];
  const cut = ours.findIndex((child) => first && child.id === first.id);
  if (!lines || cut <= 0 || !old.querySelector("#lines")?.hasAttribute("data-grown")) return;
  lines.querySelector("[data-earlier]")?.remove();
  lines.setAttribute("data-grown", "");
  const extra = ours.slice(0, cut).filter((child) => !has.has(child.getAttribute("data-key")) || child.matches("[data-earlier]"));
  lines.prepend(...extra.map((child) => child.cloneNode(true)));
}

/** Renew everything but the composer. @param {Element} old @param {Element} talk */
function morphAround(old, talk) {
  const head = talk.querySelector("#talk-head");
  const lines = talk.querySelector("#lines");
  const oldHead = old.querySelector("#talk-head");
  const oldLines = old.querySelector("#lines");
  if (head && oldHead) morph(oldHead, head);
  if (lines && oldLines) morph(oldLines, lines);
}

/** @param {string} ticket @param {{push?: boolean, focus?: boolean}} [how] */
async function open(ticket, how = {}) {
  if (!root) return;
  root.dataset.ticket = ticket;
  root.dataset.pane = "talk";
  mark(ticket);
  if (how.push !== false) history.pushState({ ticket, tab: tab() }, "", `/tickets/${ticket}?tab=${tab()}`);
  byId("talk")?.setAttribute("aria-busy", "true");
  const found = await fragment(`/tickets/${ticket}/conversation?tab=${tab()}`, { fresh: true });
  if (found && shown() === ticket) draw(found);
  const title = byId("talk-head")?.querySelector("h2")?.textContent ?? "";
  document.title = `${title} · Inbox · Heed`;
  byId("panel")?.classList.remove("open");
  say(title);
}

/** @param {string} ticket */
function mark(ticket) {
  for (const row of document.querySelectorAll("#tickets .ticket")) {
    const is = row.getAttribute("data-ticket") === ticket;
    row.toggleAttribute("data-shown", is);
    const link = row.querySelector("a.open");
    if (is) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

/** @param {string} name */
async function showTab(name) {
  if (!root) return;
  root.dataset.tab = name;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.getAttribute("data-tab") === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  history.replaceState(history.state, "", shown() ? `/tickets/${shown()}?tab=${name}` : `/?tab=${name}`);
  await refreshList({ fresh: true });
}

/** @param {HTMLFormElement} box @param {HTMLButtonElement | null} button */
async function act(box, button) {
  const data = new FormData(box);
  if (button?.name) data.set(button.name, button.value);
  if (box.dataset.busy) return;
  box.dataset.busy = "1";
  try {
    const { ok, said } = await send(box.action, data);
    if (!ok) return refuse(box, said.detail || "It did not work. Try again.");
    if (said.detail) refuse(box, said.detail);
    dialogs.close();
    await after(box.dataset.act ?? "", said);
  } catch {
    tell(false);
    refuse(box, "No connection. Try again when it is back.");
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
    const summary = document.querySelector("#presence summary");
    summary?.setAttribute("data-status", said.status);
    for (const choice of document.querySelectorAll("#presence .choice")) {
      choice.setAttribute("aria-pressed", String(choice.getAttribute("value") === said.status));
    }
    /** @type {HTMLDetailsElement} */ (byId("presence")).open = false;
    return refreshList({ fresh: true });
  }
  if (what === "pull" && said.ticket) {
    if (root) root.dataset.tab = "mine";
    await open(said.ticket);
    await refreshList({ fresh: true });
    return composer.write("reply");
  }
  if (said.left) {
    const rows = [...document.querySelectorAll("#tickets .ticket")];
    const at = rows.findIndex((row) => row.getAttribute("data-ticket") === said.left);
    const next = rows[at + 1] ?? rows[at - 1];
    const to = next?.getAttribute("data-ticket");
    await refreshList({ fresh: true });
    if (to && tab() === "mine") return open(to);
    return location.assign(`/?tab=${tab()}`);
  }
  await Promise.all([refreshList({ fresh: true }), refreshTicket({ fresh: true })]);
}

/** @param {number} step */
function move(step) {
  const rows = [...document.querySelectorAll("#tickets .ticket")];
  const at = rows.findIndex((row) => row.getAttribute("data-ticket") === shown());
  const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  const ticket = row?.getAttribute("data-ticket");
  if (!row || !ticket) return;
  row.scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement | null} */ (row.querySelector("a.open"))?.focus();
  if (ticket !== shown()) void open(ticket);
}

/** @param {string} path */
const dialog = (path) => shown() && byId("composer")?.dataset.mode === "write" && void dialogs.show(`/tickets/${shown()}/${path}`);

function start() {
  composer.begin();
  const lines = byId("lines");
  if (lines && location.hash.startsWith("#m-") === false) lines.scrollTop = lines.scrollHeight;
  history.replaceState({ ticket: shown(), tab: tab() }, "");

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
  document.addEventListener("heed:line", (event) => {
    const banner = byId("lost");
    if (banner) banner.hidden = /** @type {CustomEvent} */ (event).detail.works;
  });
  byId("retry")?.addEventListener("click", () => heard({ kind: "look" }));
  window.addEventListener("online", () => heard({ kind: "look" }));
  document.addEventListener("visibilitychange", () => document.hidden || heard({ kind: "look" }));
  window.addEventListener("popstate", (event) => {
    const ticket = event.state?.ticket;
    if (ticket) void open(ticket, { push: false });
    else location.reload();
  });
  setInterval(() => document.hidden || heard({ kind: "tick" }), TICK_MS);

  keys.on("n", () => /** @type {HTMLElement | null} */ (byId("pull"))?.click());
  keys.on("j", () => move(1));
  keys.on("k", () => move(-1));
  keys.on("r", () => composer.write("reply"));
  keys.on("i", () => (byId("note-text") ?? byId("text")) && (composer.write("note"), byId("note-text")?.focus()));
  keys.on("e", () => /** @type {HTMLElement | null} */ (byId("act-resolve"))?.click());
  keys.on("z", () => dialog("snooze"));
  keys.on("t", () => dialog("transfer"));
}

function closePanel() {
  byId("panel")?.classList.remove("open");
  /** @type {HTMLElement | null} */ (document.querySelector("[data-panel]"))?.focus();
}

/** @param {any} hint */
function heard(hint) {
  const about = hint.ticket === shown() || hint.all || (hint.tickets ?? []).includes(shown());
  const everything = ["look", "tick"].includes(hint.kind);
  if (everything || hint.kind === "ticket" && about || hint.kind === "line" && about) debounced("ticket", refreshTicket);
  if (everything || hint.mine || hint.was_mine || hint.kind === "presence") debounced("list", refreshList);
  else if (tab() === "waiting") debounced("list", refreshList, 500 + Math.random() * 1500);
  else if (Date.now() - listedAt > LIST_MS) debounced("list", refreshList, Math.random() * 4000);
}

/** @param {HTMLAnchorElement} link */
async function earlier(link) {
  const before = new URL(link.href).searchParams.get("before");
  const found = await fragment(`/tickets/${shown()}/conversation?before=${before}`, { fresh: true });
  const lines = byId("lines");
  const more = found?.getElementById("lines");
  if (!lines || !more) return;
  const height = lines.scrollHeight;
  const has = new Set([...lines.children].map((child) => child.getAttribute("data-key")));
  link.remove();
  lines.prepend(...[...more.children].filter((child) => child.matches("[data-earlier]") || !has.has(child.getAttribute("data-key"))));
  lines.setAttribute("data-grown", "");
  lines.scrollTop += lines.scrollHeight - height;
  lines.focus();
}

/** @param {HTMLAnchorElement} link */
async function more(link) {
  const cursor = new URL(link.href).searchParams.get("cursor") ?? "";
  const found = await fragment(`/inbox/list?tab=${tab()}&cursor=${encodeURIComponent(cursor)}`, { fresh: true });
  const rows = found?.getElementById("tickets");
  const place = link.closest("[data-key=more]");
  if (rows) place?.replaceWith(...rows.children);
}

if (root) start();
