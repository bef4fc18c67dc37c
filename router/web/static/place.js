// Remembers where one was: how far list and conversation were scrolled, what was unfolded, the panel, a half-typed search.

const KEY = "heed.place";
const byId = (/** @type {string} */ id) => document.getElementById(id);
const field = () => /** @type {HTMLInputElement | null} */ (byId("q"));

function keep() {
  const lines = byId("lines");
  const place = {
    path: location.pathname,
    list: byId("list")?.scrollTop ?? 0,
    end: lines ? lines.scrollHeight - lines.scrollTop - lines.clientHeight : 0,
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
  if (lines) lines.scrollTop = lines.scrollHeight - lines.clientHeight - place.end;
  byId("panel")?.classList.toggle("open", place.panel);
}

addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.hidden && keep());
document.addEventListener("freeze", keep);
