// Finds while one types: results in place of the list, arrows and Enter to open one, Escape gives the list back.

import { fragment } from "./ask.js";
import { say } from "./say.js";
import { count, t } from "./words.js";

const WAIT_MS = 120;
const byId = (/** @type {string} */ id) => document.getElementById(id);
const field = () => /** @type {HTMLInputElement | null} */ (byId("q"));
const links = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#found a.open")]);
const whole = !!document.querySelector(".search-page");

let timer = 0;
let asked = whole ? field()?.value.trim() ?? "" : "";

async function look() {
  const typed = field()?.value.trim() ?? "";
  const place = byId("found");
  if (!place || typed === asked) return;
  asked = typed;
  if (!typed && !whole) return place.replaceChildren();
  const found = await fragment(`/search?q=${encodeURIComponent(typed)}`, { fresh: true });
  if (!found || typed !== asked) return;
  place.replaceChildren(found);
  const box = byId("found-list");
  const n = Number(box?.dataset.count) + Number(box?.dataset.customers);
  say(!typed ? "" : !n ? t("Nothing found") : box?.hasAttribute("data-more") ? t("More than {n} found", { n }) : count(n, "{n} found", "{n} found"));
  if (!whole) return;
  history.replaceState(history.state, "", `/search?q=${encodeURIComponent(typed)}`);
  const kept = document.querySelector("[data-typed]");
  if (kept instanceof HTMLInputElement) kept.value = typed;
}

function clear() {
  const box = field();
  if (!box || whole) return false;
  box.value = asked = "";
  clearTimeout(timer);
  byId("found")?.replaceChildren();
  return true;
}

function leave() {
  if (!clear()) return;
  field()?.blur();
  /** @type {HTMLElement | null} */ (document.querySelector("#tickets .ticket[data-shown] a.open") ?? byId("main"))?.focus();
  say(t("The list is back"));
}

document.addEventListener("input", (event) => {
  if (event.target !== field() || !byId("found")) return;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => (asked = "\n")), WAIT_MS);
});
document.addEventListener("heed:closed", clear);
document.addEventListener("keydown", (event) => {
  const on = /** @type {HTMLElement} */ (event.target);
  if (!on.closest?.("#find, #found") || event.isComposing) return;
  const all = links();
  const at = all.indexOf(on);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && !whole) leave();
  else if (step && all.length) (at + step < 0 ? field() : all[Math.min(at + step, all.length - 1)])?.focus();
  else if (event.key === "Enter" && on === field() && all.length && asked === field()?.value.trim() && !whole) {
    all[0].focus(); // the ticket's keys work at once
    all[0].click();
  }
  else return;
  event.preventDefault();
});
byId("views")?.addEventListener("toggle", async () => {
  const menu = byId("views-list");
  const found = menu && /** @type {HTMLDetailsElement} */ (byId("views")).open ? await fragment("/views", { fresh: true }).catch(() => null) : null;
  const links = () => /** @type {HTMLElement[]} */ ([...(menu?.querySelectorAll("a") ?? [])]);
  const at = links().findIndex((one) => one === document.activeElement);
  if (found) menu?.replaceChildren(found);
  if (found && at >= 0) links()[at]?.focus();
});
