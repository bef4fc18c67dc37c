// The words of the script, by the catalogue the page carries; without one they are English as written.
// Texts stand as literals in the calls, so that they can be found: t("Draft restored"), count(n, "{n} file", "{n} files").

/** @type {Record<string, string | string[]>} */
const catalogue = JSON.parse(document.getElementById("words")?.textContent || "{}");
const lang = document.documentElement.lang || "en";

/** @param {string} text @param {Record<string, unknown>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/** @param {string} text @param {Record<string, unknown>} [values] fill its {placeholders} */
export function t(text, values = {}) {
  return fill(String(catalogue[text] ?? text), values);
}

/** The form that fits a number; `{n}` in it is the number. @param {number} n @param {string} one @param {string} many @param {Record<string, unknown>} [values] */
export function count(n, one, many, values = {}) {
  const first = new Intl.PluralRules(lang).select(n) === "one";
  const forms = catalogue[one];
  const said = Array.isArray(forms) ? forms[first ? 0 : 1] : first ? one : many;
  return fill(said, { n: n.toLocaleString(lang), ...values });
}

/** A moment as the reader's language writes it. @param {Date} at @param {Intl.DateTimeFormatOptions} how */
export const moment = (at, how) => new Intl.DateTimeFormat(lang, { hourCycle: "h23", numberingSystem: "latn", ...how }).format(at);
