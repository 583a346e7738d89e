/**
 * <x-waterfall src detail chosen> draws the spans of a trace: rows that exist only while they can
 * be seen, a map of the whole, zoom, folding, search, colours by service or op, keyboard.
 *
 * `src` answers with the JSON of `pages/trace/shape.py`; `detail` is the address of a span's
 * fragment, in which sixteen zeros stand for its id; `chosen` the span to begin with. What stands
 * inside is shown until the data is there. Emits `x-waterfall-choose` with the span's id.
 */
import { address, element, kind, round, solid, spanOf, took } from "./spans.js";

const ROW = 28;
const [, FAILED, ORPHAN, CRITICAL, SKEWED] = [1, 2, 4, 8, 16];
// Of the series' colours: not the grey of what is left over, not the red of what failed.
const HUES = [1, 7, 3, 5, 9, 8, 6, 10];
const STEP = 14;
const NARROW = 600; // px: names would have no room beside a full step

/** @typedef {import('./spans.js').Span} Span */

/** The colour of the service or op at this place. @param {number} place */
function hue(place) {
  return `var(--series-${HUES[place % HUES.length]})`;
}

class Waterfall extends HTMLElement {
  /** @type {Span[]} */ spans = [];
  /** @type {number[]} */ shown = [];
  /** @type {Set<number>} */ folded = new Set();
  /** @type {Set<number> | null} */ hits = null;
  /** @type {Map<string, {title: string, level: string, href: string}[]>} */ errors = new Map();
  /** @type {string[]} */ services = [];
  /** @type {string[]} */ ops = [];
  /** @type {HTMLElement[]} */ pool = [];
  length = 1;
  from = 0;
  to = 1;
  at = -1;
  by = "service";
  critical = false;
  frame = 0;
  mapKey = "";
  /** @type {OffscreenCanvas | null} */ picture = null;
  /** @type {string[] | null} */ _kinds = null;
  /** @type {HTMLElement | null} */ scroller = null;
  /** @type {HTMLCanvasElement | null} */ map = null;
  /** @type {HTMLElement | null} */ panel = null;
  onResize = () => this.draw();

  async connectedCallback() {
    const answer = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const data = await answer.json();
    this.spans = data.spans.map(spanOf);
    this.services = data.services;
    this.ops = data.ops;
    this.length = Math.max(data.length, 1);
    this.to = this.length;
    for (const error of data.errors) {
      if (!this.errors.has(error.span)) this.errors.set(error.span, []);
      this.errors.get(error.span)?.push(error);
    }
    this.build();
    this.show();
    window.addEventListener("resize", this.onResize);
    const chosen = this.spans.findIndex((span) => span.id === this.getAttribute("chosen"));
    if (chosen >= 0) void this.choose(chosen, true);
    this.setAttribute("data-ready", "");
  }

  disconnectedCallback() {
    window.removeEventListener("resize", this.onResize);
  }

  build() {
    this.innerHTML = `
      <div class="wf">
        <div class="wf-tools">
          <input class="input" type="search" placeholder="Find spans" aria-label="Find spans" spellcheck="false" autocomplete="off">
          <span class="muted" data-found aria-live="polite"></span>
          <button class="button small" type="button" data-critical aria-pressed="false" title="What the whole waited for (c)">Critical path</button>
          <button class="button small" type="button" data-by aria-pressed="false" title="Colours by service or by op (o)">Colour by op</button>
          <button class="button small" type="button" data-fold title="Fold or unfold all (f)">Fold all</button>
          <button class="button small" type="button" data-whole hidden title="Show the whole trace (0)">Whole trace</button>
          <div class="wf-legend" aria-hidden="true"></div>
        </div>
        <canvas class="wf-map" aria-hidden="true"></canvas>
        <div class="wf-main">
          <div class="wf-body"><div class="wf-axis" aria-hidden="true"></div>
            <div class="wf-scroll" tabindex="0" role="tree" aria-label="Spans, by keyboard: arrows, Enter, + and -"><div class="wf-space"></div></div>
          </div>
          <aside class="wf-panel" aria-label="The chosen span" hidden></aside>
        </div>
      </div>`;
    this.scroller = /** @type {HTMLElement} */ (this.querySelector(".wf-scroll"));
    this.map = /** @type {HTMLCanvasElement} */ (this.querySelector(".wf-map"));
    this.panel = /** @type {HTMLElement} */ (this.querySelector(".wf-panel"));
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    this.scroller.addEventListener("click", (event) => this.onClick(event));
    this.scroller.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("input", () => this.find(this.input.value));
    this.button("critical").addEventListener("click", () => this.toggleCritical());
    this.button("by").addEventListener("click", () => this.toggleColours());
    this.button("fold").addEventListener("click", () => this.foldAll());
    this.button("whole").addEventListener("click", () => this.zoom(0, this.length));
    this.map.addEventListener("pointerdown", (event) => this.onMap(event));
  }

  /** @param {string} name */
  button(name) {
    return /** @type {HTMLButtonElement} */ (this.querySelector(`[data-${name}]`));
  }

  get input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** The rows that are not folded away, anew. */
  show() {
    this.shown = [];
    for (let at = 0; at < this.spans.length; at++) {
      this.shown.push(at);
      if (this.folded.has(at)) at += this.spans[at].size;
    }
    const space = /** @type {HTMLElement} */ (this.querySelector(".wf-space"));
    space.style.height = `${this.shown.length * ROW}px`;
    this.legend();
    this.draw();
  }

  draw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.frame = 0;
    if (!this.scroller) return;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - 4);
    const count = Math.min(this.shown.length - first, Math.ceil(this.scroller.clientHeight / ROW) + 8);
    while (this.pool.length < count) this.pool.push(this.row());
    this.pool.forEach((row, place) => {
      row.hidden = place >= count;
      if (!row.hidden) this.fill(row, first + place);
    });
    this.paintAxis();
    this.paintMap();
  }

  row() {
    const row = document.createElement("div");
    row.className = "wf-row";
    row.setAttribute("role", "treeitem");
    row.innerHTML = '<div class="wf-name"></div><div class="wf-lane"><div class="wf-bar"></div><span class="wf-took"></span></div>';
    this.scroller?.append(row);
    return row;
  }

  /** @param {HTMLElement} row @param {number} place */
  fill(row, place) {
    const at = this.shown[place];
    const span = this.spans[at];
    const isFolded = this.folded.has(at);
    const key = `${at}:${isFolded}:${this.by}:${this.critical}:${this.from}:${this.to}:${this.at === at}:${this.hits?.has(at)}`;
    row.style.top = `${place * ROW}px`;
    if (row.dataset.key === key) return;
    row.dataset.key = key;
    row.dataset.at = String(at);
    row.setAttribute("aria-level", String(span.depth + 1));
    row.setAttribute("aria-selected", String(this.at === at));
    if (span.size) row.setAttribute("aria-expanded", String(!isFolded));
    else row.removeAttribute("aria-expanded");
    row.classList.toggle("dim", (this.hits !== null && !this.hits.has(at)) || (this.critical && !(span.flags & CRITICAL)));
    this.fillName(/** @type {HTMLElement} */ (row.firstElementChild), span, isFolded);
    this.fillLane(/** @type {HTMLElement} */ (row.lastElementChild), span);
  }

  /** @param {HTMLElement} cell @param {Span} span @param {boolean} isFolded */
  fillName(cell, span, isFolded) {
    const step = this.clientWidth < NARROW ? STEP / 3 : STEP;
    cell.style.paddingLeft = `${8 + Math.min(span.depth, 24) * step}px`;
    const parts = [];
    if (span.size) {
      const fold = element("button", "wf-fold", isFolded ? `+${span.size}` : String(span.size));
      fold.setAttribute("type", "button");
      fold.tabIndex = -1;
      fold.setAttribute("aria-label", isFolded ? `Unfold ${span.size} spans` : `Fold ${span.size} spans`);
      fold.dataset.toggle = "";
      parts.push(fold);
    } else parts.push(element("span", "wf-leaf", ""));
    const errors = this.errors.get(span.id);
    if (errors) parts.push(element("span", "wf-flag", errors.length === 1 ? "error" : `${errors.length} errors`, errors.map((one) => one.title).join("\n")));
    if (span.flags & ORPHAN) parts.push(element("span", "wf-flag soft", "no parent", "The span above it was not sent"));
    if (span.flags & SKEWED) parts.push(element("span", "wf-flag soft", `clock ${took(Math.abs(span.skew))}`, "It seems to begin before the span that called it: the clocks differ"));
    parts.push(element("b", "", this.ops[span.op]));
    parts.push(element("span", "words", span.words, `${this.services[span.service]} · ${this.ops[span.op]} · ${span.words}`));
    cell.replaceChildren(...parts);
  }

  /** @param {HTMLElement} lane @param {Span} span */
  fillLane(lane, span) {
    const [bar, words] = /** @type {HTMLElement[]} */ ([...lane.children]);
    const range = this.to - this.from;
    const left = ((span.begin - this.from) / range) * 100;
    const width = (span.length / range) * 100;
    bar.style.left = `${Math.max(left, -5)}%`;
    bar.style.width = `${Math.min(width + Math.min(left + 5, 0), 110)}%`;
    bar.hidden = left > 100 || left + width < 0;
    bar.style.background = this.colour(span);
    bar.className = `wf-bar${span.flags & FAILED ? " failed" : ""}${this.critical && span.flags & CRITICAL ? " critical" : ""}`;
    const end = Math.min(Math.max(left + width, 0), 100);
    words.textContent = took(span.length);
    const isInside = end > 80 && left < 15;
    words.classList.toggle("inside", isInside);
    words.style.left = end > 80 ? "auto" : `${end}%`;
    words.style.right = isInside ? "4px" : end > 80 ? `${Math.max(100 - left, 0)}%` : "auto";
  }

  /** @param {Span} span */
  colour(span) {
    const place = this.by === "service" ? span.service : this.kinds.indexOf(kind(this.ops[span.op]));
    return hue(place);
  }

  get kinds() {
    if (!this._kinds) this._kinds = [...new Set(this.ops.map(kind))];
    return this._kinds;
  }

  legend() {
    const names = this.by === "service" ? this.services : this.kinds;
    const box = /** @type {HTMLElement} */ (this.querySelector(".wf-legend"));
    box.replaceChildren(...names.slice(0, 8).map((name, place) => {
      const entry = element("span", "", "");
      const mark = element("i", "", "");
      mark.style.background = hue(place);
      entry.append(mark, name || "unknown");
      return entry;
    }));
  }

  paintAxis() {
    const axis = /** @type {HTMLElement} */ (this.querySelector(".wf-axis"));
    const range = this.to - this.from;
    const step = round((range * 96) / Math.max(axis.clientWidth, 96));
    const marks = [];
    for (let time = Math.ceil(this.from / step) * step; time < this.to && marks.length < 12; time += step) {
      const mark = element("span", "", took(time));
      mark.style.left = `${((time - this.from) / range) * 100}%`;
      marks.push(mark);
    }
    axis.replaceChildren(...marks);
  }

  /** The whole trace in little, with the part that is zoomed to. */
  paintMap() {
    const canvas = this.map;
    if (!canvas) return;
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const key = `${width}:${scale}:${this.by}:${document.documentElement.dataset.theme}`;
    if (this.mapKey !== key) {
      this.mapKey = key;
      solid.known.clear();
      this.picture = new OffscreenCanvas(Math.max(width * scale, 1), Math.max(height * scale, 1));
      const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (this.picture.getContext("2d"));
      brush.scale(scale, scale);
      const styles = getComputedStyle(this);
      const line = Math.max(1, height / Math.max(this.spans.length, 14));
      const colours = HUES.map((number) => styles.getPropertyValue(`--series-${number}`).trim());
      this.spans.forEach((span, at) => {
        const place = this.by === "service" ? span.service : this.kinds.indexOf(kind(this.ops[span.op]));
        brush.fillStyle = span.flags & FAILED ? styles.getPropertyValue("--error") : solid(colours[place % HUES.length], this);
        brush.fillRect((span.begin / this.length) * width, (at / Math.max(this.spans.length, 14)) * height, Math.max((span.length / this.length) * width, 1), Math.max(line - 0.5, 0.5));
      });
    }
    canvas.width = width * scale;
    canvas.height = height * scale;
    const brush = canvas.getContext("2d");
    if (!brush || !this.picture) return;
    brush.drawImage(this.picture, 0, 0);
    if (this.from > 0 || this.to < this.length) {
      brush.fillStyle = "rgba(120,128,140,0.35)";
      brush.fillRect(0, 0, (this.from / this.length) * canvas.width, canvas.height);
      brush.fillRect((this.to / this.length) * canvas.width, 0, canvas.width, canvas.height);
    }
  }

  /** @param {PointerEvent} event */
  onMap(event) {
    const map = /** @type {HTMLCanvasElement} */ (this.map);
    const box = map.getBoundingClientRect();
    /** @param {PointerEvent} one */
    const time = (one) => Math.min(Math.max((one.clientX - box.left) / box.width, 0), 1) * this.length;
    const start = time(event);
    map.setPointerCapture(event.pointerId);
    /** @param {PointerEvent} one */
    const move = (one) => this.zoom(Math.min(start, time(one)), Math.max(start, time(one)), true);
    map.addEventListener("pointermove", move);
    map.addEventListener("pointerup", (one) => {
      map.removeEventListener("pointermove", move);
      if (Math.abs(time(one) - start) < this.length / 200) this.zoom(0, this.length);
    }, { once: true });
  }

  /** @param {number} from @param {number} to @param {boolean} [isDrag] */
  zoom(from, to, isDrag = false) {
    const least = Math.max(this.length / 100000, 1);
    if (to - from < least) {
      if (isDrag) return;
      to = from + least;
    }
    this.from = Math.max(0, from);
    this.to = Math.min(this.length, to);
    this.button("whole").hidden = this.from <= 0 && this.to >= this.length;
    this.draw();
  }

  /** @param {number} factor @param {number} [around] a share of the lane */
  zoomBy(factor, around = 0.5) {
    const range = this.to - this.from;
    const centre = this.from + range * around;
    this.zoom(centre - range * factor * around, centre + range * factor * (1 - around));
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    const lane = /** @type {HTMLElement | null} */ (this.querySelector(".wf-lane"))?.getBoundingClientRect();
    if (!lane) return;
    if (event.shiftKey) {
      const range = this.to - this.from;
      const by = Math.max(-this.from, Math.min(((event.deltaY || event.deltaX) / lane.width) * range, this.length - this.to));
      this.zoom(this.from + by, this.to + by);
    } else this.zoomBy(event.deltaY > 0 ? 1.25 : 0.8, Math.min(Math.max((event.clientX - lane.left) / lane.width, 0), 1));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(".wf-row"));
    if (!row) return;
    const at = Number(row.dataset.at);
    if (target.closest("[data-toggle]")) this.fold(at);
    else void this.choose(at);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (target === this.input) {
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape") this.scroller?.focus();
      return;
    }
    if (target.closest(".wf-panel") && event.key !== "Escape") return;
    const place = this.shown.indexOf(this.at);
    const actions = /** @type {Record<string, () => void>} */ ({
      ArrowDown: () => this.move(place + 1),
      ArrowUp: () => this.move(place - 1),
      j: () => this.move(place + 1),
      k: () => this.move(place - 1),
      Home: () => this.move(0),
      End: () => this.move(this.shown.length - 1),
      PageDown: () => this.move(place + 15),
      PageUp: () => this.move(place - 15),
      ArrowLeft: () => this.left(),
      ArrowRight: () => this.right(),
      Enter: () => this.at >= 0 && this.choose(this.at),
      Escape: () => this.close(),
      "+": () => this.zoomBy(0.6),
      "=": () => this.zoomBy(0.6),
      "-": () => this.zoomBy(1.6),
      0: () => this.zoom(0, this.length),
      c: () => this.toggleCritical(),
      o: () => this.toggleColours(),
      f: () => this.foldAll(),
      n: () => this.next(1),
      "/": () => this.input.focus(),
    });
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @param {number} place */
  move(place) {
    this.mark(this.shown[Math.min(Math.max(place, 0), this.shown.length - 1)]);
  }

  left() {
    if (this.at < 0) return;
    if (this.spans[this.at].size && !this.folded.has(this.at)) this.fold(this.at);
    else {
      let above = this.at - 1;
      while (above >= 0 && this.spans[above].depth >= this.spans[this.at].depth) above--;
      if (above >= 0) this.mark(above);
    }
  }

  right() {
    if (this.at < 0 || !this.spans[this.at].size) return;
    if (this.folded.has(this.at)) this.fold(this.at);
    else this.mark(this.at + 1);
  }

  /** @param {number} at */
  fold(at) {
    if (!this.folded.delete(at)) this.folded.add(at);
    this.show();
  }

  foldAll() {
    if (this.folded.size) this.folded.clear();
    else this.spans.forEach((span, at) => span.size && span.depth > 0 && this.folded.add(at));
    this.button("fold").textContent = this.folded.size ? "Unfold all" : "Fold all";
    this.show();
  }

  toggleCritical() {
    this.critical = !this.critical;
    this.button("critical").setAttribute("aria-pressed", String(this.critical));
    this.draw();
  }

  toggleColours() {
    this.by = this.by === "service" ? "op" : "service";
    this.button("by").setAttribute("aria-pressed", String(this.by === "op"));
    this.legend();
    this.draw();
  }

  /** Select a row and bring it into sight. @param {number} at */
  mark(at) {
    if (at === undefined || at < 0 || !this.scroller) return;
    for (const one of [...this.folded]) if (one < at && at <= one + this.spans[one].size) this.folded.delete(one);
    this.at = at;
    this.show();
    const top = this.shown.indexOf(at) * ROW;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) this.scroller.scrollTop = top - clientHeight / 3;
  }

  /** Select a row and show its span. @param {number} at @param {boolean} [isFirst] */
  async choose(at, isFirst = false) {
    this.mark(at);
    const id = this.spans[at].id;
    this.dispatchEvent(new CustomEvent("x-waterfall-choose", { bubbles: true, detail: id }));
    const panel = /** @type {HTMLElement} */ (this.panel);
    const answer = await fetch((this.getAttribute("detail") ?? "").replace("0".repeat(16), id)).catch(() => null);
    if (this.at !== at) return;
    panel.hidden = false;
    if (answer?.ok) panel.innerHTML = await answer.text();
    else panel.textContent = "This span cannot be shown now.";
    for (const error of this.errors.get(id) ?? []) {
      const link = /** @type {HTMLAnchorElement} */ (element(error.href ? "a" : "p", "wf-error", error.title));
      if (error.href) link.href = error.href;
      panel.querySelector("header")?.after(link);
    }
    panel.querySelector("[data-close]")?.addEventListener("click", () => this.close());
    if (!isFirst) history.replaceState(history.state, "", address(id));
    this.draw();
  }

  close() {
    /** @type {HTMLElement} */ (this.panel).hidden = true;
    this.scroller?.focus();
    this.draw();
  }

  /** @param {string} text */
  find(text) {
    const words = text.trim().toLowerCase();
    this.hits = null;
    if (words) {
      this.hits = new Set();
      this.spans.forEach((span, at) => {
        const held = `${this.ops[span.op]} ${span.words} ${this.services[span.service]} ${span.id}`;
        if (held.toLowerCase().includes(words)) this.hits?.add(at);
      });
    }
    const found = /** @type {HTMLElement} */ (this.querySelector("[data-found]"));
    found.textContent = this.hits ? `${this.hits.size} found` : "";
    if (this.hits?.size) this.next(1, -1);
    this.draw();
  }

  /** The next match, or else the next span that failed or has an error. @param {number} step @param {number} [from] */
  next(step, from = this.at) {
    const count = this.spans.length;
    for (let tried = 1; tried <= count; tried++) {
      const at = (((from + step * tried) % count) + count) % count;
      const span = this.spans[at];
      if (this.hits ? this.hits.has(at) : span.flags & FAILED || this.errors.has(span.id)) {
        this.mark(at);
        return;
      }
    }
  }
}

customElements.define("x-waterfall", Waterfall);
