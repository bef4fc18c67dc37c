// Asks our own server: fragments of pages, and forms sent in the background.

const token = () => document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";

/** What a request that changes something carries. @param {Record<string, string>} more @returns {Record<string, string>} */
export const headers = (more) => ({ "X-CSRFToken": token(), ...more });

/** @type {Map<string, {tag: string, turn: number}>} */
const known = new Map(); // what was got last, by address
let turns = 0;

/**
 * Fetch a fragment; null if it is what we got last time, or older: answers may overtake one another.
 * Throws TypeError when the line is dead.
 * @param {string} path
 * @param {{fresh?: boolean}} [how] fresh: also when nothing changed
 * @returns {Promise<DocumentFragment | null>}
 */
export async function fragment(path, how = {}) {
  const url = new URL(path, location.href);
  url.searchParams.set("fragment", "1");
  const [last, turn] = [known.get(url.href), ++turns];
  const headers = new Headers({ Accept: "text/html" });
  if (last?.tag && !how.fresh) headers.set("If-None-Match", last.tag);
  const answer = await fetch(url, { headers, cache: "no-store" });
  tell(true);
  if (answer.status === 304) {
    if (last) known.set(url.href, { tag: last.tag, turn: Math.max(turn, last.turn) });
    return null;
  }
  if (answer.status === 401 || answer.redirected && new URL(answer.url).pathname === "/login") {
    signedOut();
    return null;
  }
  if (!answer.ok) throw new Error(`${answer.status}`);
  const text = await answer.text();
  if ((known.get(url.href)?.turn ?? 0) > turn) return null;
  known.set(url.href, { tag: answer.headers.get("ETag") ?? "", turn });
  return document.createRange().createContextualFragment(text);
}

/**
 * Send a form in the background.
 * @param {string} path
 * @param {FormData} data
 * @returns {Promise<{ok: boolean, status: number, said: any}>}
 */
export async function send(path, data) {
  data.delete("csrf_token");
  const answer = await fetch(path, { method: "POST", body: data, headers: headers({ Accept: "application/json" }) });
  tell(true);
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401) signedOut();
  return { ok: answer.ok, status: answer.status, said };
}

const LEAVING_MS = 10000; // for a form that was sent to be answered
let left = -LEAVING_MS;
addEventListener("beforeunload", () => (left = performance.now()));

/** The session has ended: the page stays, with what was typed, and offers to sign in and come back to it. */
export function signedOut() {
  const wait = left + LEAVING_MS - performance.now();
  if (wait > 0) return void setTimeout(signedOut, wait); // a form sent just now may be why, and brings a new session
  const banner = document.getElementById("signed-out");
  const back = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  if (!banner) return location.assign(back);
  /** @type {HTMLAnchorElement} */ (banner.querySelector("[data-sign-in]")).href = back;
  banner.hidden = false;
}

/** Tell the page that the line works, or does not. @param {boolean} works */
export function tell(works) {
  document.dispatchEvent(new CustomEvent("heed:line", { detail: { works } }));
}
