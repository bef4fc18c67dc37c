// Files that go along: chosen, dropped on the conversation or pasted; kept while the page is open, also after a failed send.

import { headers, tell } from "./ask.js";
import { say } from "./say.js";
import { moment, t } from "./words.js";

const MOST = 10;
const MAX = 25 * 1024 * 1024; // bytes together

/** @type {Map<string, File[]>} */
const chosen = new Map();
const form = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form#composer"));
const ticket = () => form()?.dataset.ticket ?? "";
const list = () => document.getElementById("chosen");
const mine = () => chosen.get(ticket()) ?? [];
/** @type {(text: string, bad?: boolean) => void} */
let note = () => undefined;

const size = (/** @type {number} */ bytes) =>
  bytes < 1e6 ? t("{n} KB", { n: Math.max(1, Math.round(bytes / 1024)) }) : t("{n} MB", { n: (bytes / 1048576).toFixed(1) });

/** @param {Iterable<File>} files */
function add(files) {
  const all = [...mine(), ...files];
  const kept = list()?.querySelectorAll("input:checked").length ?? 0;
  if (all.length + kept > MOST) return note(t("At most {n} files go with one message.", { n: MOST }), true);
  if (all.reduce((sum, one) => sum + one.size, 0) > MAX) return note(t("The files are larger than 25 MB together."), true);
  chosen.set(ticket(), all);
  note("");
  draw();
  say(t("Files: {names}", { names: all.map((one) => one.name).join(", ") }));
}

/** Show what will go. */
function draw() {
  for (const old of list()?.querySelectorAll("[data-file]") ?? []) old.remove();
  mine().forEach((file, at) => {
    const row = document.createElement("li");
    const name = document.createElement("bdi");
    const away = document.createElement("button");
    row.className = "tag";
    row.dataset.file = String(at);
    name.textContent = file.name;
    away.type = "button";
    away.textContent = "×";
    away.setAttribute("aria-label", t("Remove {name}", { name: file.name }));
    away.onclick = () => {
      chosen.set(ticket(), mine().filter((one) => one !== file));
      draw();
      document.getElementById("files")?.focus();
    };
    row.append(name, ` ${size(file.size)} `, away);
    list()?.append(row);
  });
}

/** Begin with a composer. @param {(text: string, bad?: boolean) => void} by says what is wrong */
export function begin(by) {
  note = by;
  const input = /** @type {HTMLInputElement} */ (document.getElementById("files"));
  const taken = () => {
    if (input.files?.length) add(input.files);
    input.value = "";
  };
  input.onchange = taken;
  draw();
  taken(); // chosen before this was here
}

/** Offer files of a message that was taken back. @param {{id: string, name: string, size: number}[]} files */
export function back(files) {
  for (const one of files) {
    const row = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const name = document.createElement("bdi");
    Object.assign(box, { type: "checkbox", name: "keep_file", value: one.id, checked: true });
    name.textContent = one.name;
    row.className = "tag";
    label.append(box, " ", name, ` ${size(one.size)}`);
    row.append(label);
    list()?.append(row);
  }
}

export const some = () => mine().length > 0 || !!list()?.querySelector("input:checked");

/** Put the files into what is sent; says whether there are any. @param {FormData} data */
export function into(data) {
  data.delete("files");
  for (const file of mine()) data.append("files", file, file.name);
  return mine().length > 0;
}

/** They went. @param {string} of a ticket */
export function clear(of) {
  chosen.delete(of);
  if (of === ticket()) list()?.replaceChildren();
}

/** Send with its files, and show how far it is. @param {string} path @param {FormData} data @returns {Promise<{ok: boolean, status: number, said: any}>} */
export function upload(path, data) {
  const bar = /** @type {HTMLProgressElement} */ (document.getElementById("upload"));
  const asked = new XMLHttpRequest();
  data.delete("csrf_token");
  bar.value = 0;
  bar.hidden = false;
  return new Promise((done, fail) => {
    asked.upload.onprogress = (event) => event.lengthComputable && (bar.value = event.loaded / event.total);
    asked.onerror = () => fail(new TypeError());
    asked.onload = () => {
      tell(true);
      if (asked.status === 401) location.assign("/login");
      /** @type {any} */ let said = {};
      try { said = JSON.parse(asked.responseText); } catch { /* not ours */ }
      done({ ok: asked.status < 300, status: asked.status, said });
    };
    asked.onloadend = () => (bar.hidden = true);
    asked.open("POST", path);
    for (const [name, value] of Object.entries(headers({ Accept: "application/json" }))) asked.setRequestHeader(name, value);
    asked.send(data);
  });
}

/** @param {File} file one from the clipboard, which calls every picture the same */
const named = (file) => file.type.startsWith("image/")
  ? new File([file], `${t("picture")}-${moment(new Date(), { hour: "2-digit", minute: "2-digit", second: "2-digit" }).replace(/\D/g, "")}.${file.type.slice(6).replace(/\W.*/, "")}`, { type: file.type })
  : file;

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || !form()?.contains(/** @type {Node} */ (event.target))) return;
  event.preventDefault();
  add(files.map(named));
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (given) => {
    const event = /** @type {DragEvent} */ (given);
    const over = form() && event.dataTransfer?.types.includes("Files") && event.target instanceof Element && event.target.closest("#talk");
    document.getElementById("talk")?.classList.toggle("dropping", !!over && kind === "dragover");
    if (!over) return;
    event.preventDefault();
    if (kind === "drop") add(event.dataTransfer?.files ?? []);
  });
}
