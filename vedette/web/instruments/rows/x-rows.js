/**
 * <x-rows> walks the `[data-row]` elements inside it by keyboard: j and k move, Enter opens the
 * row's `[data-open]` link, x selects its checkbox, Shift selects up to here.
 * Emits `x-rows-select` with the number of selected rows; writes it into `[data-count]`.
 */
class Rows extends HTMLElement {
  at = -1;
  anchor = -1;
  onKey = this.walk.bind(this);

  connectedCallback() {
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("change", () => this.count());
    this.addEventListener("click", (event) => this.onClick(event));
    this.count();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  get rows() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-row]")]);
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "j") this.move(1);
    else if (key === "k") this.move(-1);
    else if (key === "x" && this.at >= 0) this.select(this.at, event.shiftKey);
    else if (key === "enter" && this.at >= 0 && (target === document.body || target.closest("[data-row]"))) {
      if (target.matches("button, a")) return;
      /** @type {HTMLElement | null} */ (this.rows[this.at].querySelector("[data-open]"))?.click();
    } else return;
    event.preventDefault();
  }

  /** @param {number} step */
  move(step) {
    const rows = this.rows;
    this.at = Math.max(0, Math.min(rows.length - 1, this.at + step));
    rows.forEach((row, index) => row.toggleAttribute("data-active", index === this.at));
    /** @type {HTMLElement | null} */ (rows[this.at]?.querySelector("[data-open]"))?.focus({ preventScroll: true });
    rows[this.at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const box = /** @type {Element} */ (event.target).closest("input[type=checkbox]");
    const row = box?.closest("[data-row]");
    if (!row) return;
    const index = this.rows.indexOf(/** @type {HTMLElement} */ (row));
    if (event.shiftKey && this.anchor >= 0) this.range(index, /** @type {HTMLInputElement} */ (box).checked);
    this.anchor = index;
  }

  /** @param {number} index @param {boolean} upTo */
  select(index, upTo) {
    const box = /** @type {HTMLInputElement | null} */ (this.rows[index].querySelector("input[type=checkbox]"));
    if (!box) return;
    if (upTo && this.anchor >= 0) this.range(index, true);
    else box.checked = !box.checked;
    this.anchor = index;
    this.count();
  }

  /** @param {number} index @param {boolean} checked */
  range(index, checked) {
    const [low, high] = [Math.min(index, this.anchor), Math.max(index, this.anchor)];
    for (const row of this.rows.slice(low, high + 1)) {
      const box = /** @type {HTMLInputElement | null} */ (row.querySelector("input[type=checkbox]"));
      if (box) box.checked = checked;
    }
    this.count();
  }

  count() {
    const number = this.querySelectorAll("[data-row] input:checked").length;
    const words = this.querySelector("[data-count]");
    if (words && number) words.textContent = `${number} selected`;
    this.dispatchEvent(new CustomEvent("x-rows-select", { detail: number, bubbles: true }));
  }
}

customElements.define("x-rows", Rows);
