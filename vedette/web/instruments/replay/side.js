/** The panels beside the picture: tabs, a filter, lines, and what is known of a chosen one. */
import { PANELS, detailOf, linesOf } from "./lines.js";
import { Rows } from "./rows.js";
import { clock, element } from "./words.js";

/** @typedef {import('./words.js').Mark} Mark */
/** @typedef {import('./contents.js').Contents} Contents */
/** @typedef {import('./told.js').Read} Read */

const EMPTY = /** @type {Record<string, string>} */ ({
  Trail: "Nothing but the picture was recorded.",
  Console: "Nothing was written to the console.",
  Network: "No request was recorded.",
  Errors: "No error happened in this replay.",
  Changes: "The page did not change.",
  Memory: "The browser said nothing of its memory.",
});

export class Side {
  panel = "Trail";
  now = 0;
  /** @type {Map<number, Read>} */ read = new Map();

  /**
   * @param {HTMLElement} root @param {Contents} contents @param {HTMLElement[]} extra panels that are ready, called by `data-panel`
   * @param {(ms: number) => void} seek to a moment since 1970
   */
  constructor(root, contents, extra, seek) {
    this.root = root;
    this.contents = contents;
    this.seek = seek;
    this.extra = new Map(extra.map((one) => [one.dataset.panel ?? "", one]));
    root.innerHTML = `
      <div class="tabs" role="tablist" aria-label="What happened"></div>
      <div class="rr-tools"><label class="sr" for="replay-filter">Filter the lines</label><input class="input" id="replay-filter" type="search" placeholder="Filter" autocomplete="off" spellcheck="false"><span class="muted" data-count aria-live="polite"></span></div>
      <div class="rr-panel" role="tabpanel" id="replay-panel"><div class="rr-lines" tabindex="-1"></div><p class="rr-empty muted" hidden></p></div>
      <div class="rr-detail" hidden></div>`;
    this.rows = new Rows(this.part(".rr-lines"), (line) => this.choose(/** @type {any} */ (line)));
    this.input.addEventListener("input", () => { this.rows.filter(this.input.value); this.count(); });
    this.tabs();
    for (const one of this.extra.values()) { one.hidden = true; this.part(".rr-panel").append(one); }
    this.open("Trail");
  }

  /** @param {string} selector @returns {HTMLElement} */
  part(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  get input() {
    return /** @type {HTMLInputElement} */ (this.part("#replay-filter"));
  }

  tabs() {
    const bar = this.part(".tabs");
    for (const name of [...Object.keys(PANELS), ...this.extra.keys()]) {
      const tab = element("button", "tab", name);
      tab.type = "button";
      tab.dataset.name = name;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "replay-panel");
      tab.append(element("span", "number"));
      bar.append(tab);
    }
    bar.addEventListener("click", (event) => {
      const tab = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[role=tab]"));
      if (tab?.dataset.name) this.open(tab.dataset.name);
    });
    bar.addEventListener("keydown", (event) => this.walk(event));
  }

  /** Arrow keys walk the tabs. @param {KeyboardEvent} event */
  walk(event) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = /** @type {HTMLElement[]} */ ([...this.part(".tabs").children]);
    const next = all[(all.findIndex((one) => one.dataset.name === this.panel) + step + all.length) % all.length];
    this.open(next.dataset.name ?? "Trail");
    next.focus();
  }

  /** @param {string} name */
  open(name) {
    this.panel = name;
    for (const tab of /** @type {HTMLElement[]} */ ([...this.part(".tabs").children])) {
      const isOpen = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      if (isOpen) this.part(".rr-panel").setAttribute("aria-label", name);
    }
    const isReady = this.extra.has(name);
    for (const [other, one] of this.extra) one.hidden = other !== name;
    this.part(".rr-tools").hidden = isReady;
    this.part(".rr-lines").hidden = isReady;
    this.close();
    if (isReady) this.part(".rr-empty").hidden = true;
    else this.show();
  }

  /** The lines of the open panel, of what is known by now. */
  show() {
    for (const tab of /** @type {HTMLElement[]} */ ([...this.part(".tabs").children])) {
      const of = PANELS[tab.dataset.name ?? ""];
      const number = of ? this.contents.marks.filter(of).length : 0;
      /** @type {HTMLElement} */ (tab.querySelector(".number")).textContent = number ? String(number) : "";
    }
    if (this.extra.has(this.panel)) return;
    this.rows.show(linesOf(this.panel, this.contents, this.read));
    this.rows.move(this.now);
    const empty = this.part(".rr-empty");
    empty.hidden = this.rows.all.length > 0;
    empty.textContent = EMPTY[this.panel];
    this.part(".rr-lines").hidden = !empty.hidden;
    this.count();
  }

  count() {
    const { words, lines, all } = this.rows;
    this.part("[data-count]").textContent = words.trim() ? `${lines.length} of ${all.length}` : "";
  }

  /** @param {number} ms since 1970 */
  move(ms) {
    this.now = ms;
    if (!this.extra.has(this.panel)) this.rows.move(ms);
  }

  /** @param {Read} read of a segment that the frame has by now */
  know(read) {
    const isNew = !this.read.has(read.segment);
    this.read.set(read.segment, read);
    if (isNew && this.panel === "Changes") this.show();
  }

  /** @param {{ms: number, key: string, mark?: Mark}} line */
  choose(line) {
    this.rows.chosen = line.key;
    this.rows.draw();
    this.seek(line.ms);
    if (!line.mark) return;
    const mark = line.mark;
    const detail = this.part(".rr-detail");
    const shut = element("button", "button quiet small", "Close");
    shut.type = "button";
    shut.addEventListener("click", () => this.close());
    const error = mark.kind === "error" ? this.contents.errors.find((one) => one.event_id === mark.detail.event_id) : undefined;
    const head = element("div", "rr-head");
    head.append(element("b", "", `${clock(mark.ms - this.contents.started)}`), shut);
    detail.replaceChildren(head, detailOf(mark, this.read));
    if (error?.url) {
      const link = element("a", "button small", `Open ${error.issue}`);
      link.href = error.url;
      head.insertBefore(link, shut);
    }
    detail.hidden = false;
  }

  close() {
    this.part(".rr-detail").hidden = true;
    this.rows.chosen = "";
    this.rows.draw();
  }
}
