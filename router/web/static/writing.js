// Helps while one writes: what is still to be filled in; hints and names after an @ when they are needed.

import { t } from "./words.js";

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Field */

/** Put words where the cursor is; the first thing to fill in is chosen. @param {Field} field @param {string} text @param {number} [from] */
export function insert(field, text, from = field.selectionEnd ?? 0) {
  field.focus();
  field.setRangeText(text, from, field.selectionEnd ?? from, "end");
  const mark = text.search(/⟦\w+⟧/);
  if (mark >= 0) field.setSelectionRange(from + mark, from + text.indexOf("⟧", mark) + 1);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Say whether a field holds a note. @param {any} field */
const isNote = (field) => field.id === "note-text" || field.id === "text" && field.form?.querySelector("[name=kind]:checked")?.value === "note";

document.addEventListener("input", (event) => {
  const field = /** @type {Field} */ (event.target);
  const words = /** @type {Field | null} */ (document.getElementById("text"));
  if (isNote(field) && field.value.includes("@")) void import("./mentions.js").then((module) => module.find(field));
  if (!words || field !== words && field.name !== "kind") return;
  const place = document.getElementById("to-fill");
  const marks = [...new Set(words.value.match(/⟦\w+⟧/g) ?? [])].join(", ");
  if (place) {
    place.hidden = !marks;
    place.textContent = marks && t("Fill in {list} before it is sent", { list: marks });
  }
  const hints = document.getElementById("hints");
  if (hints) void import("./hints.js").then((module) => module.show(hints, isNote(words) ? "" : words.value));
});
