// The modules that only some pages and dialogs need: their boxes name them in `data-module`.

/** @type {WeakSet<HTMLElement>} */
const asking = new WeakSet();

/**
 * Start what is named; `data-begun` says that it has.
 * @param {ParentNode} where
 * @returns {Promise<void>} kept when all have begun; broken when one cannot be had
 */
export async function begin(where) {
  const boxes = /** @type {HTMLElement[]} */ ([...where.querySelectorAll("[data-module]")]);
  await Promise.all(
    boxes.map(async (box) => {
      if (asking.has(box)) return;
      asking.add(box);
      (await import(`./${box.dataset.module}.js`)).begin(box);
      box.dataset.begun = "1";
    }),
  );
}
