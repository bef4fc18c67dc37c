// Hears what changed: an event stream, and a look every few seconds while there is none.
// Tells the page by events on `document`: `heed:hint` {kind, ticket?, mine?} and `heed:line` {lost}.

const LOOK_MS = 4000; // between looks while no stream is open
const REFUSED_MS = 30000; // before a refused stream is tried again

/** @type {EventSource | null} */
let source = null;
/** @type {number | undefined} */
let looking;
let open = false;

/** @param {string} name @param {object} detail */
function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** @param {boolean} is */
function connected(is) {
  if (is === open) return;
  open = is;
  clearTimeout(looking);
  if (!is) look();
}

/** Look at everything now and then, at moments that differ from page to page. */
function look() {
  looking = setTimeout(() => {
    if (open) return;
    tell("heed:hint", { kind: "look" });
    look();
  }, LOOK_MS * (0.8 + Math.random() * 0.5));
}

/** @param {Event} event @returns {any} */
const said = (event) => JSON.parse(/** @type {MessageEvent} */ (event).data);

/** Open the stream; the browser opens it again by itself unless the server refuses. */
export function listen() {
  source?.close();
  source = new EventSource("/events");
  source.addEventListener("hello", () => {
    connected(true);
    tell("heed:hint", { kind: "look" });
  });
  source.addEventListener("change", (event) => tell("heed:hint", said(event)));
  source.addEventListener("line", (event) => tell("heed:hint", { kind: "line", ...said(event) }));
  source.addEventListener("resync", () => tell("heed:hint", { kind: "look" }));
  source.addEventListener("ended", () => location.assign("/login"));
  source.onerror = () => {
    connected(false);
    if (source?.readyState === EventSource.CLOSED) setTimeout(listen, REFUSED_MS * (0.7 + Math.random() * 0.6));
  };
}

/** Say whether the stream is open. */
export const isConnected = () => open;

look();
