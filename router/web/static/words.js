// The words of the script, by the catalogue the page carries; without one they are English as written.

/** @type {Record<string, string>} */
const catalogue = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** @param {string} text @param {Record<string, unknown>} [values] fill its {placeholders} */
export function t(text, values = {}) {
  return (catalogue[text] ?? text).replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}
