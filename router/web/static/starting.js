// A new ticket: its draft is kept in this browser, customers are suggested, answers go where the cursor is.

import { send, tell } from "./ask.js";
import { say } from "./say.js";
import { t } from "./words.js";
import { insert } from "./writing.js";

const WORDS = ["to", "cc", "subject", "text"];
const KEPT = [...WORDS, "key", "connection"];

/** @param {HTMLFormElement} box */
export function begin(box) {
  const draft = `heed.new.${box.dataset.who}`;
  const says = /** @type {HTMLElement} */ (box.querySelector("[data-says]"));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (box.elements.namedItem(name));
  const typed = field("to").value;
  const kept = JSON.parse(localStorage.getItem(draft) ?? "null");
  if (kept && !field("text").value && (!typed || typed === kept.to)) {
    for (const name of KEPT) if (kept[name] && (name !== "connection" || box.querySelector(`option[value="${kept[name]}"]`))) field(name).value = kept[name];
    says.textContent = "";
    say(t("Draft restored"));
  }
  /** @type {number | undefined} */
  let soon;
  function keep() {
    const words = Object.fromEntries(KEPT.map((name) => [name, field(name).value]));
    if (words.text || words.subject || words.to) localStorage.setItem(draft, JSON.stringify(words));
    else localStorage.removeItem(draft);
  }
  box.addEventListener("input", (event) => {
    keep();
    if (event.target !== field("to")) return;
    clearTimeout(soon);
    soon = setTimeout(suggest, 150);
  });
  if (!kept && WORDS.some((name) => field(name).value !== field(name).defaultValue)) {
    keep(); // written while this module was on its way
    soon = setTimeout(suggest, 0);
  }

  async function suggest() {
    const asked = field("to").value;
    const answer = await fetch(`/tickets/new/customers?connection=${field("connection").value}&q=${encodeURIComponent(asked)}`).catch(() => null);
    if (!answer?.ok || asked !== field("to").value) return;
    const before = asked.replace(/[^,;]*$/, "");
    box.querySelector("datalist")?.replaceChildren(
      .../** @type {{address: string, name: string}[]} */ (await answer.json()).map(({ address, name }) => {
        const option = document.createElement("option");
        option.value = before ? `${before} ${address}` : address;
        option.label = name ? `${name} · ${address}` : address;
        return option;
      }),
    );
  }

  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button?.name === "answer") return insert(field("text"), button.querySelector("[data-text]")?.textContent ?? "");
    if (box.dataset.busy) return;
    box.dataset.busy = "1";
    says.textContent = "";
    say(t("Sending…"));
    try {
      const { ok, status, said } = await send(box.getAttribute("action") ?? "", new FormData(box));
      if (ok) {
        localStorage.removeItem(draft);
        return location.assign(said.url);
      }
      says.textContent = said.detail || t("Not sent ({status}). Your words are kept.", { status });
    } catch {
      tell(false);
      says.textContent = t("No connection. Try again when it is back.");
    }
    delete box.dataset.busy;
  });
}
