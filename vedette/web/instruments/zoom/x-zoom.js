/**
 * <x-zoom start="…" end="…" step="…" href="…"> lets a time be chosen by dragging over what it
 * holds, drawn from `start` to `end` (seconds since 1970) in steps of so many seconds.
 *
 * Leads to `href` with `start` and `end` in its query, in ISO 8601 and whole steps. Emits
 * `x-zoom` with both in seconds before; whoever prevents it stays.
 */
const LEAST_PIXELS = 6;

class Zoom extends HTMLElement {
  area = document.createElement("div");
  /** @type {number | null} */
  from = null;

  connectedCallback() {
    this.area.className = "x-zoom-area";
    this.area.hidden = true;
    this.append(this.area);
    this.addEventListener("pointerdown", (event) => this.begin(event));
    this.addEventListener("pointermove", (event) => this.move(event));
    this.addEventListener("pointerup", (event) => this.finish(event));
    this.addEventListener("pointercancel", () => this.forget());
    this.addEventListener("keydown", (event) => { if (event.key === "Escape") this.forget(); });
  }

  /** @param {PointerEvent} event */
  begin(event) {
    const at = /** @type {Element} */ (event.target);
    if (event.button !== 0 || event.pointerType === "touch" || at.closest("a")) return;
    event.preventDefault();
    this.from = this.place(event);
    this.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.from === null) return;
    const to = this.place(event);
    const width = Math.abs(to - this.from);
    this.area.hidden = width * this.clientWidth < LEAST_PIXELS;
    this.area.style.left = `${Math.min(to, this.from) * 100}%`;
    this.area.style.width = `${width * 100}%`;
  }

  /** @param {PointerEvent} event */
  finish(event) {
    if (this.from === null) return;
    const to = this.place(event);
    const [first, last] = [Math.min(to, this.from), Math.max(to, this.from)];
    this.forget();
    if ((last - first) * this.clientWidth >= LEAST_PIXELS) this.lead(first, last);
  }

  forget() {
    this.from = null;
    this.area.hidden = true;
  }

  /** @param {number} first @param {number} last as shares of the width */
  lead(first, last) {
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(this.getAttribute(name)));
    const detail = {
      start: start + Math.floor(first * (end - start) / step) * step,
      end: start + Math.ceil(last * (end - start) / step) * step,
    };
    if (!this.dispatchEvent(new CustomEvent("x-zoom", { detail, bubbles: true, cancelable: true }))) return;
    const address = new URL(this.getAttribute("href") ?? "", location.href);
    for (const [name, seconds] of Object.entries(detail)) {
      address.searchParams.set(name, new Date(seconds * 1000).toISOString().slice(0, 19));
    }
    location.assign(address);
  }

  /** @param {PointerEvent} event @returns {number} where it is, as a share of the width */
  place(event) {
    const box = this.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  }
}

customElements.define("x-zoom", Zoom);
