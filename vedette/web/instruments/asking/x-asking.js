/**
 * <x-asking> holds a page that asks long questions by HTMX: it says when an answer takes its
 * time, lets the question be stopped, and shows what went wrong as the page that says so.
 */
const PATIENCE_MILLISECONDS = 250;

class Asking extends HTMLElement {
  timer = 0;
  bar = document.createElement("p");
  /** @type {Element | null} */
  asker = null;

  connectedCallback() {
    this.bar.className = "asking-bar";
    this.bar.setAttribute("role", "status");
    this.bar.hidden = true;
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "button small";
    stop.textContent = "Stop";
    stop.addEventListener("click", () => this.asker?.dispatchEvent(new CustomEvent("htmx:abort")));
    this.bar.append("Asking … ", stop);
    this.prepend(this.bar);
    this.addEventListener("htmx:beforeRequest", (event) => this.begin(/** @type {CustomEvent} */ (event)));
    this.addEventListener("htmx:afterRequest", () => this.end());
    this.addEventListener("htmx:responseError", (event) => this.failed(/** @type {CustomEvent} */ (event)));
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  /** @param {CustomEvent} event */
  begin(event) {
    if (!event.detail.boosted) return;
    this.asker = event.detail.elt;
    const written = document.activeElement;
    if (written instanceof HTMLInputElement && this.contains(written)) written.blur();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.setAttribute("aria-busy", "true");
      this.bar.hidden = false;
    }, PATIENCE_MILLISECONDS);
  }

  end() {
    clearTimeout(this.timer);
    this.removeAttribute("aria-busy");
    this.bar.hidden = true;
  }

  /** @param {CustomEvent} event the page that says what went wrong is opened as it is */
  failed(event) {
    if (event.detail.boosted) location.assign(event.detail.pathInfo.requestPath);
  }
}

customElements.define("x-asking", Asking);
