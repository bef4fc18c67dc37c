// The files that will go with the next message: chosen, photographed or pasted, each to be taken away again.

import { t } from "./words.js";

const root = /** @type {HTMLElement} */ (document.getElementById("chat"));
const place = /** @type {HTMLElement} */ (document.getElementById("picked"));
const takes = new Set((root.dataset.takes ?? "").split(","));
const most = Number(root.dataset.files);
const bytes = Number(root.dataset.bytes);

/** @type {File[]} */
let picked = [];

/** @param {(words?: string) => void} tell */
export function pick(tell) {
  /** @param {Iterable<File>} found */
  const add = (found) => {
    let wrong = "";
    for (const file of found) {
      if (!takes.has(file.type)) wrong = t("“{name}” is of a kind that cannot be sent here.", { name: file.name });
      else if (picked.length >= most) wrong = t("At most {n} files go with one message.", { n: most });
      else if (picked.reduce((sum, one) => sum + one.size, file.size) > bytes) wrong = t("“{name}” is too large: {n} MB go with one message.", { name: file.name, n: Math.floor(bytes / 2 ** 20) });
      else picked.push(file);
    }
    draw();
    tell(wrong);
  };
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[type=file]"))) {
    const taken = () => {
      add(input.files ?? []);
      input.value = "";
    };
    input.addEventListener("change", taken);
    if (input.files?.length) taken(); // chosen before this script had come
  }
  document.addEventListener("paste", (event) => event.clipboardData?.files.length && add(event.clipboardData.files));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer?.files ?? []);
  });
}

/** Hand over what was picked. @returns {File[]} */
export function take() {
  const found = picked;
  picked = [];
  draw();
  return found;
}

function draw() {
  place.hidden = !picked.length;
  place.replaceChildren(...picked.map((file) => {
    const made = document.createElement("li");
    const name = Object.assign(document.createElement("bdi"), { textContent: file.name });
    const away = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    away.setAttribute("aria-label", t("Take {name} away", { name: file.name }));
    away.onclick = () => {
      picked = picked.filter((other) => other !== file);
      draw();
      document.getElementById("text")?.focus();
    };
    made.append(name, away);
    return made;
  }));
}
