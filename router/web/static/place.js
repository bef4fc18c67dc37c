// Remembers where one was: how far list and conversation were scrolled, what was unfolded, the panel, a half-typed search.

const KEY = "heed.place";
const AT_END = 60; // pixels above the end of a conversation that still count as its end
const byId = (/** @type {string} */ id) => document.getElementById(id);
const top = (/** @type {Element} */ of) => of.getBoundingClientRect().top;
const field = () => /** @type {HTMLInputElement | null} */ (byId("q"));

/** The first message in sight and how far below the edge it begins; nothing where the conversation is read to its end. */
function reading() {
  const lines = byId("lines");
  if (!lines || lines.scrollHeight - lines.scrollTop - lines.clientHeight < AT_END) return null;
  const first = [...lines.querySelectorAll("[id^=m-]")].find((one) => one.getBoundingClientRect().bottom > top(lines));
  return first ? { id: first.id, below: top(first) - top(lines) } : null;
}

function keep() {
  const place = {
    path: location.pathname,
    list: byId("list")?.scrollTop ?? 0,
    reading: reading(),
    open: [...document.querySelectorAll("#lines details[open]")].map((one) => one.id).filter(Boolean),
    panel: !!byId("panel")?.classList.contains("open"),
    typed: field()?.value ?? "",
  };
  sessionStorage.setItem(KEY, JSON.stringify(place));
}

/** Go back to where one was before the page was loaded anew. */
export function restore() {
  const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (!place || performance.getEntriesByType("navigation")[0]?.toJSON().type === "navigate") return;
  const list = byId("list");
  if (list) list.scrollTop = place.list;
  const box = field();
  if (box && place.typed && !box.value) {
    box.value = place.typed;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (place.path !== location.pathname) return;
  for (const id of place.open) /** @type {HTMLDetailsElement | null} */ (byId(id))?.setAttribute("open", "");
  const lines = byId("lines");
  const first = place.reading && byId(place.reading.id);
  if (lines && first) lines.scrollTop += top(first) - top(lines) - place.reading.below;
  byId("panel")?.classList.toggle("open", place.panel);
}

addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.hidden && keep());
document.addEventListener("freeze", keep);
