// What is wrong with the layout of the page as it stands; evaluated in it. Returns a list of sentences.
() => {
  const faults = [];
  const rtl = document.documentElement.dir === "rtl";
  const dialog = document.querySelector("dialog[open]");
  const root = dialog ?? document.body;
  const SLACK = 2; // px, for rounding and the slant of letters

  /** A short name of an element. */
  const name = (el) => {
    const id = el.id ? `#${el.id}` : "";
    const words = (el.getAttribute("aria-label") ?? el.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${el.localName}${id}.${[...el.classList].join(".")} “${words}”`;
  };
  const style = new Map();
  const of = (el) => style.get(el) ?? (style.set(el, getComputedStyle(el)), style.get(el));
  const shown = (el) => el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !el.closest(".away-text, iframe, .skip");

  /** The part of a rectangle that no scrolling or clipping ancestor hides. */
  const seen = (el, rect) => {
    let { left, right, top, bottom } = rect;
    for (let up = el.parentElement; up; up = up.parentElement) {
      const { overflowX, overflowY, position } = of(up);
      const box = up.getBoundingClientRect();
      if (overflowX !== "visible") (left = Math.max(left, box.left)), (right = Math.min(right, box.right));
      if (overflowY !== "visible") (top = Math.max(top, box.top)), (bottom = Math.min(bottom, box.bottom));
      if (position === "fixed") break;
    }
    left = Math.max(left, 0); right = Math.min(right, innerWidth); top = Math.max(top, 0); bottom = Math.min(bottom, innerHeight);
    return { left, right, top, bottom, is: right - left > 1 && bottom - top > 1 };
  };

  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`wider than the screen: ${document.documentElement.scrollWidth}`);

  for (const el of root.querySelectorAll("*")) {
    if (el.closest("svg") || !shown(el)) continue;
    const { overflowX, overflowY, textOverflow, webkitLineClamp } = of(el);
    const clips = (how) => how === "hidden" || how === "clip";
    if (clips(overflowX) && el.clientWidth && el.scrollWidth > el.clientWidth + SLACK && textOverflow !== "ellipsis" && !(webkitLineClamp > 0) && !el.matches("input, select, .attach"))
      faults.push(`cut without an ellipsis: ${name(el)} ${el.scrollWidth} in ${el.clientWidth}`);
    if (clips(overflowY) && el.clientHeight && el.scrollHeight > el.clientHeight + 8 && !(webkitLineClamp > 0) && textOverflow !== "ellipsis" && !el.matches("input, .attach, .meter"))
      faults.push(`cut below: ${name(el)} ${el.scrollHeight} in ${el.clientHeight}`);
    const texts = [...el.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    if (!texts.length) continue;
    let block = el;
    while (of(block).display.startsWith("inline") && of(block).display !== "inline-flex" && of(block).display !== "inline-block" && block.parentElement) block = block.parentElement;
    const box = block.getBoundingClientRect();
    if (of(block).overflowX !== "visible") continue;
    const leaves = (range) => [...range.getClientRects()].find((rect) => rect.width && (rect.left < box.left - SLACK || rect.right > box.right + SLACK));
    for (const text of texts) {
      const range = document.createRange();
      range.selectNodeContents(text);
      let out = leaves(range);
      if (!out) continue;
      for (const word of text.data.matchAll(/\S+/g)) { // a blank may hang at the end of its line, a word may not
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if ((out = leaves(range))) break;
      }
      if (out) faults.push(`text outside its box: ${name(block)} ${Math.round(out.left)}–${Math.round(out.right)} in ${Math.round(box.left)}–${Math.round(box.right)}`);
    }
  }

  // controls of one layer lie beside each other
  const layer = (el) => {
    for (let up = el; up && up !== root; up = up.parentElement) if (["fixed", "sticky"].includes(of(up).position) || up.matches(".sheet-menu, #named")) return up;
    return root;
  };
  const controls = [...root.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")]
    .filter((el) => shown(el) && of(el).opacity !== "0" && !el.closest("label.kind, label.attach"))
    .map((el) => ({ el, layer: layer(el), ...seen(el, el.getBoundingClientRect()) }))
    .filter((one) => one.is);
  for (const [at, a] of controls.entries()) for (const b of controls.slice(at + 1)) {
    if (a.layer !== b.layer || a.el.contains(b.el) || b.el.contains(a.el)) continue;
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK + (of(a.el).display === "inline" || of(b.el).display === "inline" ? 6 : 0))
      faults.push(`on top of each other: ${name(a.el)} and ${name(b.el)}`);
  }

  if (rtl) {
    for (const svg of root.querySelectorAll("svg.turns")) if (shown(svg) && !of(svg).transform.startsWith("matrix(-1")) faults.push(`points the wrong way: ${name(svg.parentElement)}`);
  }
  const list = document.getElementById("list");
  const talk = document.getElementById("talk");
  if (list && talk && shown(list) && shown(talk)) {
    const right = list.getBoundingClientRect().left > talk.getBoundingClientRect().left;
    if (right !== rtl) faults.push("the list stands on the wrong side");
  }
  return faults;
}
