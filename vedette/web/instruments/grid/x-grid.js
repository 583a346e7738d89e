/**
 * <x-grid columns="12" rows="160" most-height="12"> lets what it holds be moved and made larger,
 * by pointer and by keyboard.
 *
 * Each child with `data-id` has number fields `x`, `y`, `w`, `h` (by `data-place`), a handle
 * (`.grid-handle`, which is dragged; arrows move, with Shift they make larger and smaller) and a
 * corner (`.grid-size`). The fields hold the places and are what a form sends; the classes gx, gy,
 * gw and gh follow them. Says what it does in a live region. Emits `x-grid-change`. Whoever leaves
 * with places that no form has sent is asked first.
 */

/** @typedef {{x: number, y: number, w: number, h: number}} Place */

/** @param {Place} one @param {Place} other @returns {boolean} whether both cover a cell */
function meet(one, other) {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

/**
 * As the server settles places: each down until it covers nothing before it, then up until it is
 * stopped. What is held goes before what stands in the same row.
 * @param {Map<string, Place>} places @param {string} held @returns {Map<string, Place>}
 */
export function settled(places, held) {
  const order = [...places].sort(([a, one], [b, other]) => one.y - other.y || Number(b === held) - Number(a === held) || one.x - other.x);
  /** @type {Map<string, Place>} */
  const found = new Map();
  for (const [id, wanted] of order) {
    const place = { ...wanted };
    const stops = () => [...found.values()].some((other) => meet(place, other));
    while (stops()) place.y += 1;
    while (place.y > 0) {
      place.y -= 1;
      if (stops()) { place.y += 1; break; }
    }
    found.set(id, place);
  }
  return found;
}

class Grid extends HTMLElement {
  said = document.createElement("p");
  /** @type {Map<string, Place>} */
  start = new Map();
  held = "";
  /** @type {{id: string, sizes: boolean, x: number, y: number, place: Place} | null} */
  drag = null;

  connectedCallback() {
    this.said.className = "sr";
    this.said.setAttribute("role", "status");
    this.said.setAttribute("aria-live", "assertive");
    this.after(this.said);
    this.classList.add("is-ready");
    this.addEventListener("pointerdown", (event) => this.begin(event));
    this.addEventListener("pointermove", (event) => this.move(event));
    this.addEventListener("pointerup", () => this.finish());
    this.addEventListener("pointercancel", () => this.revert());
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("change", (event) => this.typed(event));
    this.closest("form")?.addEventListener("submit", () => { this.isChanged = false; });
    addEventListener("beforeunload", this.onLeave);
  }

  disconnectedCallback() {
    this.said.remove();
    removeEventListener("beforeunload", this.onLeave);
  }

  isChanged = false;
  onLeave = (/** @type {BeforeUnloadEvent} */ event) => { if (this.isChanged) event.preventDefault(); };

  get columns() { return Number(this.getAttribute("columns") ?? 12); }
  get tallest() { return Number(this.getAttribute("most-height") ?? 12); }
  get rows() { return Number(this.getAttribute("rows") ?? 160); }

  /** @returns {HTMLElement[]} */
  get items() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(":scope > [data-id]")]); }

  /** @param {HTMLElement} item @param {string} part @returns {HTMLInputElement} */
  field(item, part) { return /** @type {HTMLInputElement} */ (item.querySelector(`[data-place="${part}"]`)); }

  /** @returns {Map<string, Place>} where everything stands, by its fields */
  read() {
    return new Map(this.items.map((item) => {
      const [x, y, w, h] = ["x", "y", "w", "h"].map((part) => Number(this.field(item, part).value) || 0);
      return [item.dataset.id ?? "", this.fit({ x, y, w, h })];
    }));
  }

  /** @param {Place} place @returns {Place} within the grid */
  fit(place) {
    const w = Math.min(Math.max(place.w, 1), this.columns);
    const h = Math.min(Math.max(place.h, 1), this.tallest);
    return { x: Math.min(Math.max(place.x, 0), this.columns - w), y: Math.min(Math.max(place.y, 0), this.rows), w, h };
  }

  /** @param {Map<string, Place>} places put everything there, fields and classes */
  write(places) {
    for (const item of this.items) {
      const place = places.get(item.dataset.id ?? "");
      if (!place) continue;
      for (const [part, value] of Object.entries(place)) this.field(item, part).value = String(value);
      const kept = [...item.classList].filter((name) => !/^g[xywh]-/.test(name));
      item.className = [...kept, ...Object.entries(place).map(([part, value]) => `g${part}-${value}`)].join(" ");
    }
  }

  /** @param {string} id @param {Place} place one goes there, and the others make room */
  put(id, place) {
    const places = new Map(this.start);
    places.set(id, this.fit(place));
    this.write(settled(places, id));
  }

  /** @param {PointerEvent} event */
  begin(event) {
    const at = /** @type {Element} */ (event.target);
    const grip = at.closest(".grid-handle, .grid-size");
    const item = /** @type {HTMLElement | null} */ (at.closest("[data-id]"));
    if (event.button !== 0 || !grip || !item || this.isNarrow()) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (grip).focus();
    this.start = this.read();
    const id = item.dataset.id ?? "";
    const place = /** @type {Place} */ (this.start.get(id));
    this.drag = { id, sizes: grip.classList.contains("grid-size"), x: event.clientX, y: event.clientY, place };
    item.classList.add("is-moving");
    this.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.drag) return;
    const { id, sizes, place } = this.drag;
    const { width, height } = this.cell();
    const x = Math.round((event.clientX - this.drag.x) / width);
    const y = Math.round((event.clientY - this.drag.y) / height);
    this.put(id, sizes ? { ...place, w: Math.min(place.w + x, this.columns - place.x), h: place.h + y } : { ...place, x: place.x + x, y: place.y + y });
  }

  finish() {
    if (!this.drag) return;
    const { id } = this.drag;
    this.let();
    this.changed(id);
  }

  revert() {
    if (!this.drag) return;
    this.let();
    this.write(this.start);
  }

  let() {
    this.drag = null;
    for (const item of this.items) item.classList.remove("is-moving");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.drag) { event.preventDefault(); this.revert(); return; }
    const item = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-id]"));
    const step = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[event.key];
    if (!item || !step || !(/** @type {Element} */ (event.target)).closest(".grid-handle, .grid-size")) return;
    event.preventDefault();
    this.start = this.read();
    const id = item.dataset.id ?? "";
    const place = /** @type {Place} */ (this.start.get(id));
    const [x, y] = step;
    const sizes = event.shiftKey || (/** @type {Element} */ (event.target)).closest(".grid-size");
    this.put(id, sizes ? { ...place, w: Math.min(place.w + x, this.columns - place.x), h: place.h + y } : { ...place, x: place.x + x, y: place.y + this.jump(id, place, y) });
    this.changed(id);
  }

  /**
   * How far up or down a key goes: past what stands there, because a step into it would be undone.
   * @param {string} id @param {Place} place @param {number} y @returns {number}
   */
  jump(id, place, y) {
    if (!y) return 0;
    const others = [...this.start].filter(([one, other]) => one !== id && other.x < place.x + place.w && place.x < other.x + other.w).map(([, other]) => other);
    if (y < 0) {
      const above = others.filter((other) => other.y < place.y).map((other) => other.y);
      return above.length ? Math.max(...above) - place.y : -1;
    }
    const below = others.filter((other) => other.y >= place.y + place.h).sort((one, other) => one.y - other.y)[0];
    return below ? below.y + below.h - place.y : 1;
  }

  /** @param {Event} event a number was typed into a field */
  typed(event) {
    const at = /** @type {Element} */ (event.target);
    const item = /** @type {HTMLElement | null} */ (at.closest("[data-id]"));
    if (!item || !at.matches("[data-place]")) return;
    this.start = this.read();
    const id = item.dataset.id ?? "";
    this.put(id, /** @type {Place} */ (this.start.get(id)));
    this.changed(id);
  }

  /** @param {string} id say where it is now */
  changed(id) {
    const places = this.read();
    const place = places.get(id);
    const item = this.items.find((one) => one.dataset.id === id);
    if (!place || !item) return;
    this.isChanged = true;
    this.said.textContent = `${item.dataset.name}: column ${place.x + 1}, row ${place.y + 1}, ${place.w} wide, ${place.h} high`;
    this.dispatchEvent(new CustomEvent("x-grid-change", { detail: { id, ...place }, bubbles: true }));
  }

  /** @returns {{width: number, height: number}} of a cell with its gap, in pixels */
  cell() {
    const style = getComputedStyle(this);
    const gap = parseFloat(style.columnGap) || 0;
    return { width: (this.clientWidth + gap) / this.columns, height: parseFloat(style.gridAutoRows) + gap };
  }

  isNarrow() { return getComputedStyle(this).gridTemplateColumns.split(" ").length < this.columns; }
}

customElements.define("x-grid", Grid);
