// One-letter keys. They do nothing while one types or a dialog is open, and can be switched off.

const SWITCH = "heed.keys";

/** @type {Map<string, () => void>} */
const acts = new Map();

/** @param {string} key as in KeyboardEvent.key, letters small @param {() => void} act */
export function on(key, act) {
  acts.set(key, act);
}

export const areOn = () => localStorage.getItem(SWITCH) !== "off";

/** @param {boolean} use */
export function use(use) {
  localStorage.setItem(SWITCH, use ? "on" : "off");
  document.documentElement.dataset.keys = use ? "on" : "off";
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit", "file"].includes(target.type);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (isTyping(event.target)) /** @type {HTMLElement} */ (event.target).blur();
    acts.get("escape")?.();
    return;
  }
  if (!areOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const act = acts.get(event.key.toLowerCase());
  if (!act || event.repeat && !["j", "k"].includes(event.key.toLowerCase())) return;
  event.preventDefault();
  act();
});

document.documentElement.dataset.keys = areOn() ? "on" : "off";
document.addEventListener("heed:dialog", () => {
  const box = document.querySelector("[data-keys-switch]");
  if (!(box instanceof HTMLInputElement)) return;
  /** @type {HTMLElement} */ (box.closest("#keys-switch")).hidden = false;
  box.checked = areOn();
  box.onchange = () => use(box.checked);
});
