// One-letter keys, and whatever else performs a command of the page's table. Keys do nothing while one types or a dialog
// is open, and can be switched off.

const SWITCH = "heed.keys";

/** @typedef {{id: string, words: string, key: string, act: string, target: string, where: string}} Command */
/** @type {Command[]} */
export const commands = JSON.parse(document.getElementById("commands")?.textContent || "[]");
const byKey = new Map(commands.filter((one) => one.key).map((one) => [one.key.toLowerCase(), one]));
/** @type {Map<string, () => void>} */
const acts = new Map();
/** @type {(path: string) => void} */
let openDialog = (path) => location.assign(path);

/** Say what a command does that the script performs. @param {string} id @param {() => void} act */
export function run(id, act) {
  acts.set(id, act);
}

/** @param {(path: string) => void} open */
export function dialogsBy(open) {
  openDialog = open;
}

const ticket = () => document.getElementById("inbox")?.dataset.ticket ?? "";

/** Say whether a command means something on this page now. @param {Command} one */
export function isHere(one) {
  if (one.where === "ticket" && !ticket() || one.where === "list" && !document.getElementById("tickets")) return false;
  if (one.act === "click") return !!document.getElementById(one.target);
  return one.act === "run" ? acts.has(one.id) : one.act !== "";
}

/** @param {Command} one */
export function perform(one) {
  if (!isHere(one)) return;
  const path = one.target.replace("{ticket}", ticket());
  if (one.act === "click") document.getElementById(one.target)?.click();
  else if (one.act === "dialog") openDialog(path);
  else if (one.act === "go") location.assign(path);
  else acts.get(one.id)?.();
}

const mine = document.documentElement.dataset.keys || "on"; // as the person set it; a browser may differ
export const areOn = () => (localStorage.getItem(SWITCH) ?? mine) !== "off";

/** @param {boolean} use */
export function use(use) {
  const said = use ? "on" : "off";
  if (said === mine) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, said);
  document.documentElement.dataset.keys = said;
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit", "file"].includes(target.type);
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    return acts.get("palette")?.();
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    const on = /** @type {HTMLElement} */ (event.target);
    const place = on.closest?.("#talk")?.querySelector("#lines") ?? document.getElementById("main"); // never to nowhere
    if (isTyping(on)) place instanceof HTMLElement ? place.focus({ preventScroll: true }) : on.blur();
    acts.get("escape")?.();
    return;
  }
  if (!areOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const one = byKey.get(event.key.toLowerCase());
  if (!one || event.repeat && !["next", "previous"].includes(one.id)) return;
  event.preventDefault();
  perform(one);
});

document.documentElement.dataset.keys = areOn() ? "on" : "off";
document.addEventListener("heed:dialog", () => {
  const box = document.querySelector("[data-keys-switch]");
  if (!(box instanceof HTMLInputElement)) return;
  /** @type {HTMLElement} */ (box.closest("#keys-switch")).hidden = false;
  box.checked = areOn();
  box.onchange = () => use(box.checked);
});
