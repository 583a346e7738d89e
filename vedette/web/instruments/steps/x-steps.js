/** <x-steps> follows the link `[data-step="j"]` or `[data-step="k"]` of the page on that key. */
class Steps extends HTMLElement {
  connectedCallback() {
    this.onKey = this.onKey.bind(this);
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const at = /** @type {HTMLElement} */ (event.target);
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (at.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`[data-step="${CSS.escape(event.key)}"][href]`));
    if (link) { event.preventDefault(); link.click(); }
  }
}

customElements.define("x-steps", Steps);
