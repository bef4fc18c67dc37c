// Names after an @ in a note: found as one types, chosen by arrows and Enter.

import { say } from "./say.js";
import { count, t } from "./words.js";
import { insert } from "./writing.js";

/** @typedef {import("./writing.js").Field} Field */
/** @type {Map<string, Promise<{name: string, say: string}[]>>} */
const crews = new Map();
/** @type {{name: string, say: string}[]} */
let found = [];
let chosen = 0;

/** @param {Field} field */
function atCursor(field) {
  const before = field.value.slice(0, field.selectionEnd ?? 0);
  const hit = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u.exec(before);
  return hit && { from: before.length - hit[1].length - 1, asked: hit[1].toLowerCase() };
}

/** @param {Field | null} field */
function draw(field) {
  document.getElementById("named")?.remove();
  document.querySelector("[aria-activedescendant]")?.removeAttribute("aria-activedescendant");
  if (!field) found = [];
  if (!field || !found.length) return;
  const list = document.createElement("ul");
  list.id = "named";
  list.role = "listbox";
  list.ariaLabel = t("People");
  found.forEach((one, i) => {
    const item = document.createElement("li");
    item.id = `named-${i}`;
    item.role = "option";
    item.dir = "auto";
    item.ariaSelected = String(i === chosen);
    item.textContent = one.say === one.name ? one.name : `${one.name} · ${one.say}`;
    item.onmousedown = (event) => {
      event.preventDefault();
      chosen = i;
      take(field);
    };
    list.append(item);
  });
  field.after(list);
  field.setAttribute("aria-activedescendant", `named-${chosen}`);
}

/** Offer the people whose name begins like what stands after the @. @param {Field} field */
export async function find(field) {
  const here = atCursor(field);
  const ticket = /** @type {HTMLElement | null} */ (field.closest("[data-ticket]"))?.dataset.ticket;
  if (!here || !ticket) return draw(null);
  if (!crews.has(ticket)) crews.set(ticket, fetch(`/tickets/${ticket}/people`).then((answer) => answer.json()));
  const people = await crews.get(ticket)?.catch(() => void crews.delete(ticket)) ?? [];
  if (atCursor(field)?.asked !== here.asked) return;
  const before = found.length;
  found = people.filter((one) => [one.name, one.say].some((word) => ` ${word.toLowerCase()}`.includes(` ${here.asked}`))).slice(0, 6);
  chosen = 0;
  draw(field);
  if (found.length && found.length !== before) say(count(found.length, "{n} person", "{n} people"));
}

/** @param {Field} field */
function take(field) {
  const here = atCursor(field);
  const one = found[chosen];
  draw(null);
  if (here && one) insert(field, `@${one.say} `, here.from);
}

document.addEventListener("keydown", (event) => {
  const field = /** @type {Field} */ (event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!found.length || event.ctrlKey || event.metaKey || !step && !["Enter", "Tab", "Escape"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") return draw(null);
  if (!step) return take(field);
  chosen = (chosen + step + found.length) % found.length;
  draw(field);
  say(found[chosen].name);
}, true);
document.addEventListener("focusout", () => found.length && draw(null));
