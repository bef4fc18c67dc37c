// A grid of small numbers: arrow keys go from cell to cell, a digit replaces what stands there, changed cells show it.

const grid = document.querySelector("[data-grid]");
const says = document.querySelector("[data-grid-says]");
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], Enter: [0, 1] };

/** @returns {HTMLInputElement[]} */
const cells = () => [...(grid?.querySelectorAll("input") ?? [])];

/** @param {HTMLInputElement} from @param {number} across @param {number} down */
function go(from, across, down) {
  const cell = /** @type {HTMLTableCellElement} */ (from.closest("td"));
  const row = /** @type {HTMLTableRowElement} */ (from.closest("tr"));
  const body = /** @type {HTMLTableSectionElement} */ (row.parentElement);
  const step = document.documentElement.dir === "rtl" ? -across : across;
  const to = body.rows[row.sectionRowIndex + down]?.cells[cell.cellIndex + step]?.querySelector("input");
  to?.focus();
}

function count() {
  let changed = 0;
  for (const cell of cells()) {
    const is = (cell.value || "0") !== (cell.defaultValue || "0");
    cell.classList.toggle("changed", is);
    if (is) changed += 1;
  }
  if (!(says instanceof HTMLElement)) return;
  says.textContent = changed === 0 ? "" : changed === 1 ? says.dataset.one ?? "" : (says.dataset.many ?? "").replace("#", String(changed));
}

grid?.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = /** @type {KeyboardEvent} */ (event);
  if (!(target instanceof HTMLInputElement) || ctrlKey || metaKey || altKey) return;
  const step = STEPS[/** @type {keyof typeof STEPS} */ (key)];
  if (step) {
    event.preventDefault();
    go(target, step[0], step[1]);
  } else if (/^[0-9]$/.test(key)) {
    event.preventDefault();
    if (key > "5") return;
    target.value = key;
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
grid?.addEventListener("focusin", (event) => event.target instanceof HTMLInputElement && event.target.select());
grid?.addEventListener("input", count);
if (grid) count();
