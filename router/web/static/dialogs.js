// Opens the pages that an act asks first as dialogs over the page one is on.

import { fragment } from "./ask.js";
import * as modules from "./modules.js";

const dialog = () => /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));

/**
 * Show a page as a dialog once its module hears it: a form pressed before that would leave the page.
 * @param {string} path
 * @returns {Promise<void>}
 */
export async function show(path) {
  const box = dialog();
  const body = await fragment(path, { fresh: true });
  if (!body) return;
  await modules.begin(body);
  box.replaceChildren(body);
  if (!box.open) box.showModal();
  const first = box.querySelector("[data-first]") ?? box.querySelector(".dialog-body :is(select, input:not([type=hidden]), textarea, button)") ?? box.querySelector("[data-close]");
  if (first instanceof HTMLElement) first.focus();
  document.dispatchEvent(new CustomEvent("heed:dialog"));
}

/** Close what is open; focus goes back to where it was. */
export function close() {
  if (dialog().open) dialog().close();
}

/** Say whether a dialog is open. */
export const isOpen = () => dialog().open;

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = target.closest?.("a[data-dialog]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (link instanceof HTMLAnchorElement && plain) {
    event.preventDefault();
    show(link.href).catch(() => location.assign(link.href));
  }
  if (target.closest?.("[data-close]") || target === dialog()) close();
});

void modules.begin(document);
