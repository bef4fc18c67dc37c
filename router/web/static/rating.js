// The question on the chat page once it is over: five buttons, a line for words, an answer that may be changed.

import { t } from "./words.js";

/** @typedef {{id: string, score: number | null}} Question */

let shown = "";

/** Draw the question under the conversation, or take it away. @param {HTMLElement} place @param {Question | null} asked @param {(score: number, comment: string) => Promise<boolean>} send */
export function ask(place, asked, send) {
  const key = asked ? `${asked.id} ${asked.score}` : "";
  if (key === shown) return;
  shown = key;
  place.replaceChildren();
  place.hidden = !asked;
  if (!asked) return;
  const names = [t("Very dissatisfied"), t("Dissatisfied"), t("Neither"), t("Satisfied"), t("Very satisfied")];
  const title = document.createElement("p");
  title.id = "rating-title";
  title.textContent = asked.score ? t("Thank you for your answer.") : t("How satisfied are you with the help you got?");
  const row = document.createElement("div");
  row.className = "scores";
  row.setAttribute("role", "group");
  row.setAttribute("aria-labelledby", title.id);
  const words = document.createElement("textarea");
  words.rows = 1;
  words.dir = "auto";
  words.maxLength = 2000;
  words.placeholder = t("Anything you want to add?");
  words.setAttribute("aria-label", words.placeholder);
  names.forEach((name, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(index + 1);
    button.title = name;
    button.setAttribute("aria-label", `${index + 1}, ${name}`);
    button.setAttribute("aria-pressed", String(asked.score === index + 1));
    button.onclick = async () => {
      if (!(await send(index + 1, words.value))) return;
      shown = "";
      ask(place, { id: asked.id, score: index + 1 }, send);
      /** @type {HTMLElement | null} */ (place.querySelector("[aria-pressed=true]"))?.focus();
    };
    row.append(button);
  });
  const ends = document.createElement("p");
  ends.className = "ends";
  ends.setAttribute("aria-hidden", "true");
  ends.append(...[names[0], names[4]].map((name) => Object.assign(document.createElement("span"), { textContent: name })));
  place.append(title, ...(asked.score ? [] : [words]), row, ends);
}
