// The panes of the inbox: fetches list and conversation anew and puts them in, keeping what one is doing.

import { fragment } from "./ask.js";
import * as composer from "./composer.js";
import { morph } from "./morph.js";
import { say } from "./say.js";
import { t } from "./words.js";

export const root = document.getElementById("inbox");
export const shown = () => root?.dataset.ticket ?? "";
export const tab = () => root?.dataset.tab ?? "mine";
export const byId = (/** @type {string} */ id) => document.getElementById(id);

export const times = { listed: Date.now() };

/** @param {{fresh?: boolean}} [how] */
export async function refreshList(how) {
  times.listed = Date.now();
  const asked = tab();
  const found = await fragment(`/inbox/list?tab=${asked}&ticket=${shown()}`, how);
  const fresh = found?.getElementById("list");
  const old = byId("list");
  if (!fresh || !old || asked !== tab()) return;
  const on = document.activeElement;
  morph(old, fresh);
  keepFocus(on);
  document.dispatchEvent(new CustomEvent("heed:listed"));
}

/** @param {{fresh?: boolean}} [how] */
export async function refreshTicket(how) {
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
  const on = document.activeElement;
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
    if (root && talk.dataset.ticket) root.dataset.ticket = talk.dataset.ticket; // it was merged into another
    document.dispatchEvent(new CustomEvent("heed:drawn"));
  }
  document.dispatchEvent(new CustomEvent("heed:shown"));
  const panel = found.getElementById("panel");
  const aside = byId("panel");
  if (panel && aside) morph(aside, panel);
  composer.begin();
  keepFocus(on);
  const fresh = byId("lines");
  if (!fresh) return;
  if (!same || atEnd) fresh.scrollTop = fresh.scrollHeight;
  if (same && before !== fresh.dataset.last) {
    say(t("A new message came in"));
    composer.arrived(fresh.dataset.last ?? "");
  }
}

/** What had the focus is gone: its like has it now, or the conversation. @param {Element | null} on */
function keepFocus(on) {
  for (const one of [on?.id ? byId(on.id) : null, byId("lines"), byId("main")]) {
    if (on === document.body || document.activeElement !== document.body) return;
    one?.focus({ preventScroll: true });
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
export async function open(ticket, how = {}) {
  if (!root) return;
  const on = document.activeElement;
  root.dataset.ticket = ticket;
  root.dataset.pane = "talk";
  mark(ticket);
  if (how.push !== false) history.pushState({ ticket, tab: tab() }, "", `/tickets/${ticket}?tab=${tab()}`);
  byId("talk")?.setAttribute("aria-busy", "true");
  const found = await fragment(`/tickets/${ticket}/conversation?tab=${tab()}`, { fresh: true });
  if (found && shown() === ticket) draw(found);
  keepFocus(on); // on a phone the list is not in sight any more
  const title = byId("talk-head")?.querySelector("h2")?.textContent ?? "";
  document.title = t("{title} · Inbox · Heed", { title });
  byId("panel")?.classList.remove("open");
  say(title);
}

/** Show no ticket any more, only the list. */
export async function close() {
  const found = await fragment(`/?tab=${tab()}`, { fresh: true });
  if (!found || !root) return;
  const on = document.activeElement;
  Object.assign(root.dataset, { ticket: "", pane: "list" });
  history.pushState({ ticket: "", tab: tab() }, "", `/?tab=${tab()}`);
  for (const id of ["talk", "panel"]) byId(id)?.replaceWith(found.getElementById(id) ?? "");
  document.title = found.querySelector("title")?.textContent ?? "";
  for (const what of ["closed", "drawn", "shown"]) document.dispatchEvent(new CustomEvent(`heed:${what}`));
  keepFocus(on);
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
export async function showTab(name) {
  if (!root) return;
  root.dataset.tab = name;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.getAttribute("data-tab") === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  history.replaceState(history.state, "", shown() ? `/tickets/${shown()}?tab=${name}` : `/?tab=${name}`);
  await refreshList({ fresh: true });
}

/** @param {number} step */
export function move(step) {
  const rows = [...document.querySelectorAll("#tickets .ticket")];
  const at = rows.findIndex((row) => row.getAttribute("data-ticket") === shown());
  const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  const ticket = row?.getAttribute("data-ticket");
  if (!row || !ticket) return;
  row.scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement | null} */ (row.querySelector("a.open"))?.focus();
  if (ticket !== shown()) void open(ticket);
}

/** @param {HTMLAnchorElement} link */
export async function earlier(link) {
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
export async function more(link) {
  const cursor = new URL(link.href).searchParams.get("cursor") ?? "";
  const found = await fragment(`/inbox/list?tab=${tab()}&cursor=${encodeURIComponent(cursor)}`, { fresh: true });
  const rows = found?.getElementById("tickets");
  const place = link.closest("[data-key=more]");
  if (rows) place?.replaceWith(...rows.children);
}
