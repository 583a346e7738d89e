/**
 * What every page does by keyboard: jump, help, go-to keys, menus that close, the theme
 * without a reload, and times in the viewer's zone. Everything works without it, slower.
 */

const GO_MILLISECONDS = 1200;
const FLASH_MILLISECONDS = 10_000;
let goPressedAt = 0;

/** @param {Event} event @returns {boolean} whether the person is writing text */
function isWriting(event) {
  const at = /** @type {HTMLElement} */ (event.target);
  return at.isContentEditable || at.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}

/** @param {string} id */
function openDialog(id) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(id));
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

function openJumper() {
  const input = openDialog("jumper")?.querySelector("input");
  if (!input) return;
  input.focus();
  input.select();
  input.dispatchEvent(new Event("open"));
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openJumper();
    return;
  }
  if (event.key === "Escape") closeMenus(null);
  if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event)) return;
  if (document.querySelector("dialog[open]")) return;
  if (Date.now() - goPressedAt < GO_MILLISECONDS) {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`[data-go="${CSS.escape(event.key)}"]`));
    goPressedAt = 0;
    if (link) { event.preventDefault(); event.stopImmediatePropagation(); link.click(); }
    return;
  }
  if (event.key === "g") goPressedAt = Date.now();
  else if (event.key === "?") openDialog("help");
  else if (event.key === "/") {
    const search = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-page-search]") ?? document.getElementById("jump"));
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
}

/** @param {Element | null} kept the menu that stays open */
function closeMenus(kept) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== kept) menu.removeAttribute("open");
  }
}

/** Arrow keys walk the options of the jump dialog; Enter opens the first when none is chosen. */
/** @param {KeyboardEvent} event */
function walkOptions(event) {
  const options = [...document.querySelectorAll("#jumper-options a")];
  const at = options.indexOf(/** @type {Element} */ (document.activeElement));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = options[at + (event.key === "ArrowDown" ? 1 : -1)];
    (/** @type {HTMLElement} */ (next ?? document.querySelector("#jumper input")))?.focus();
  } else if (event.key === "Enter" && at < 0 && options.length && options[0].hasAttribute("data-exact")) {
    event.preventDefault();
    /** @type {HTMLElement} */ (options[0]).click();
  }
}

/** @param {SubmitEvent} event switch the theme in place, the server keeps the cookie */
async function switchTheme(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-theme-form]")) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: { "X-Fragment": "theme" } });
  if (!answer.ok) return;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const made = holder.content.querySelector("form");
  if (!made) return;
  document.documentElement.dataset.theme = answer.headers.get("X-Theme") ?? "system";
  form.replaceWith(made);
  made.querySelector("button")?.focus();
}

/** @param {ParentNode} root put the viewer's own zone into the hover text of times */
function localizeTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const moment = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const zone = { dateStyle: "medium", timeStyle: "long" };
    /** @type {HTMLElement} */ (time).title = moment.toLocaleString(undefined, /** @type {any} */ (zone)) + "\n" + /** @type {HTMLElement} */ (time).title;
    time.setAttribute("data-local", "");
  }
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const at = /** @type {Element} */ (event.target);
  closeMenus(at.closest("details[data-menu]"));
  if (at.closest("[data-help]")) openDialog("help");
  const dialog = at.closest("dialog");
  if (dialog && at === dialog) /** @type {HTMLDialogElement} */ (dialog).close();
});
document.addEventListener("submit", switchTheme);
document.getElementById("jumper")?.addEventListener("keydown", walkOptions);
document.addEventListener("htmx:afterSwap", (event) => localizeTimes(/** @type {ParentNode} */ (event.target)));
for (const hidden of document.querySelectorAll("[data-help]")) hidden.removeAttribute("hidden");
for (const flash of document.querySelectorAll("[data-flash]")) setTimeout(() => flash.remove(), FLASH_MILLISECONDS);
localizeTimes(document);
