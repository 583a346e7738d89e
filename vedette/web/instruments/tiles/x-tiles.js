/**
 * <x-tiles refresh="60" at-once="4"> fills the parts inside it, each from its own `data-src`.
 *
 * A few at once, what is in sight first; one that fails says so in its place, beside an answer that
 * is there, and leaves the others alone. With `refresh` they are asked again after so many seconds, not while the page is hidden.
 * What is refused (401, 403, 404) is taken away with the answer that was there.
 * An answer with `X-Again` is asked again after so many seconds. What is under way is given up
 * when the page goes. Emits `x-tiles-filled` when all were filled.
 */
const TRIES = 4;

class Tiles extends HTMLElement {
  /** @type {Set<HTMLElement>} */
  waiting = new Set();
  /** @type {Map<HTMLElement, AbortController>} */
  asked = new Map();
  /** @type {Map<HTMLElement, number>} */
  tries = new Map();
  timer = 0;
  filledAt = 0;
  /** @type {IntersectionObserver | null} */
  sight = null;

  connectedCallback() {
    this.sight = new IntersectionObserver((seen) => this.see(seen), { rootMargin: "300px" });
    for (const part of this.parts) this.sight.observe(part);
    this.onVisible = () => { if (!document.hidden) this.schedule(); };
    document.addEventListener("visibilitychange", this.onVisible);
    addEventListener("pagehide", () => this.stop());
    this.filledAt = Date.now();
    this.schedule();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", /** @type {() => void} */ (this.onVisible));
    this.sight?.disconnect();
    this.stop();
  }

  /** @type {(() => void) | null} */
  onVisible = null;

  /** @returns {HTMLElement[]} */
  get parts() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-src]")]); }
  get seconds() { return Number(this.getAttribute("refresh") ?? 0); }
  get atOnce() { return Number(this.getAttribute("at-once") ?? 4); }

  /** @param {IntersectionObserverEntry[]} seen what has come into sight is filled, once */
  see(seen) {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      this.sight?.unobserve(target);
      this.waiting.add(/** @type {HTMLElement} */ (target));
    }
    this.go();
  }

  schedule() {
    clearTimeout(this.timer);
    if (!this.seconds || document.hidden) return;
    const due = this.filledAt + this.seconds * 1000 - Date.now();
    this.timer = setTimeout(() => this.again(), Math.max(due, 0));
  }

  again() {
    this.filledAt = Date.now();
    this.tries.clear();
    for (const part of this.parts) this.waiting.add(part);
    this.go();
    this.schedule();
  }

  stop() {
    clearTimeout(this.timer);
    this.waiting.clear();
    for (const asked of this.asked.values()) asked.abort();
  }

  go() {
    for (const part of this.waiting) {
      if (this.asked.size >= this.atOnce) return;
      if (this.asked.has(part)) continue;
      this.waiting.delete(part);
      this.fill(part);
    }
    if (!this.asked.size && !this.waiting.size) this.dispatchEvent(new CustomEvent("x-tiles-filled", { bubbles: true }));
  }

  /** @param {HTMLElement} part */
  async fill(part) {
    const control = new AbortController();
    this.asked.set(part, control);
    part.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(part.dataset.src ?? "", { signal: control.signal, headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Refresh")) { location.reload(); return; }
      if ([401, 403, 404].includes(answer.status)) delete part.dataset.filled;
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      const again = Number(answer.headers.get("X-Again") ?? 0);
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      if (again && part.dataset.filled !== undefined) this.stale(part, "It could not be asked again just now.");
      else part.replaceChildren(made.content);
      if (!again) part.dataset.filled = "";
      this.later(part, again);
    } catch (error) {
      if (!control.signal.aborted) this.fail(part, error instanceof TypeError ? "The server could not be reached." : String(/** @type {Error} */ (error).message));
    } finally {
      part.removeAttribute("aria-busy");
      this.asked.delete(part);
    }
    this.go();
  }

  /** @param {HTMLElement} part @param {number} seconds */
  later(part, seconds) {
    const tries = (this.tries.get(part) ?? 0) + 1;
    this.tries.set(part, tries);
    if (!seconds || tries > TRIES || !this.isConnected) return;
    setTimeout(() => { if (this.isConnected) { this.waiting.add(part); this.go(); } }, seconds * 1000 * tries);
  }

  /** @param {HTMLElement} part @param {string} words beside what was there before */
  stale(part, words) {
    const note = part.querySelector(".tile-stale") ?? document.createElement("p");
    note.className = "tile-stale";
    note.setAttribute("role", "status");
    note.textContent = words;
    part.append(note);
  }

  /** @param {HTMLElement} part @param {string} words an answer that is there stays */
  fail(part, words) {
    if (part.dataset.filled !== undefined) { this.stale(part, words); return; }
    const note = document.createElement("p");
    note.className = "tile-problem";
    note.setAttribute("role", "alert");
    note.textContent = `${words} `;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button small";
    again.textContent = "Try again";
    again.addEventListener("click", () => { this.waiting.add(part); this.go(); });
    note.append(again);
    part.replaceChildren(note);
  }
}

/** <x-whole> shows the page it is on without anything around it, where the browser can. */
class Whole extends HTMLElement {
  connectedCallback() {
    if (!document.fullscreenEnabled) return;
    this.hidden = false;
    this.querySelector("button")?.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
  }
}

customElements.define("x-tiles", Tiles);
customElements.define("x-whole", Whole);
