// Makes a part of the page look like a fresh copy of it, keeping every node that stays: focus, scroll, what is open
// and what was typed are not touched.

/** @param {Node} node @returns {string} */
function keyOf(node) {
  if (!(node instanceof Element)) return "";
  return node.getAttribute("data-key") || node.id || "";
}

/** @param {Element} old @param {Element} fresh */
export function morph(old, fresh) {
  if (old.hasAttribute("data-stays")) return;
  attributes(old, fresh);
  if (old instanceof HTMLTextAreaElement || old instanceof HTMLSelectElement || old instanceof HTMLIFrameElement) return;
  children(old, fresh);
}

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  const kept = old instanceof HTMLInputElement ? ["value", "checked"] : old.tagName === "DETAILS" ? ["open"] : [];
  if (old.id === "panel" && old.classList.contains("open")) fresh.classList.add("open");
  for (const { name, value } of [...fresh.attributes]) {
    if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!kept.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

/** @param {Element} old @param {Element} fresh */
function children(old, fresh) {
  const wanted = new Set([...fresh.childNodes].map(keyOf).filter(Boolean));
  /** @type {Map<string, ChildNode>} */
  const keyed = new Map();
  for (const child of [...old.childNodes]) {
    const key = keyOf(child);
    if (key && !wanted.has(key)) child.remove();
    else if (key) keyed.set(key, child);
  }
  let at = /** @type {ChildNode | null} */ (old.firstChild);
  for (const want of [...fresh.childNodes]) {
    while (at && isOurs(at) && !isOurs(want)) at = at.nextSibling; // or all after it would be moved, and what has the focus lose it
    const key = keyOf(want);
    const have = key ? keyed.get(key) : nextLike(at, want);
    if (!have) {
      const made = document.importNode(want, true);
      if (key && made instanceof HTMLElement) made.classList.add("arrived");
      old.insertBefore(made, at);
      continue;
    }
    if (have === at) at = at.nextSibling;
    else old.insertBefore(have, at);
    if (have instanceof Element) morph(have, /** @type {Element} */ (want));
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const next = at.nextSibling;
    if (!isOurs(at)) at.remove();
    at = next;
  }
}

/** Hidden fields that only whole pages carry stay. @param {Node} node */
const isOurs = (node) => node instanceof HTMLInputElement && node.name === "csrf_token";

/** @param {ChildNode | null} from @param {Node} want @returns {ChildNode | null} */
function nextLike(from, want) {
  for (let node = from; node; node = node.nextSibling) {
    if (!keyOf(node) && node.nodeName === want.nodeName && isOurs(node) === isOurs(want)) return node;
  }
  return null;
}
