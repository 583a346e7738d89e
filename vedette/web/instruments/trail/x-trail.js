/**
 * <x-trail> filters the `li[data-kind]` inside it: by the pressed `button[data-kind]`s and by the
 * words in its search field. Without scripts everything is shown and the tools stay hidden.
 */
class Trail extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-tools]")?.removeAttribute("hidden");
    this.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button[data-kind]");
      if (!button) return;
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      this.apply();
    });
    this.addEventListener("input", () => this.apply());
  }

  apply() {
    const pressed = [...this.querySelectorAll('button[aria-pressed="true"]')].map((button) => button.getAttribute("data-kind"));
    const words = (this.querySelector("input")?.value ?? "").trim().toLowerCase();
    for (const row of this.querySelectorAll("li[data-kind]")) {
      const kind = !pressed.length || pressed.includes(row.getAttribute("data-kind"));
      const text = !words || (row.textContent ?? "").toLowerCase().includes(words);
      /** @type {HTMLElement} */ (row).hidden = !(kind && text);
    }
  }
}

customElements.define("x-trail", Trail);
