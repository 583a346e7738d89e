/**
 * <x-copy from="id"> or <x-copy text="…"> adds a button that copies to the clipboard.
 * Without scripts there is no button, and the text beside it can be selected.
 */
const SHOWN_MILLISECONDS = 1600;

class Copy extends HTMLElement {
  button = document.createElement("button");

  connectedCallback() {
    if (this.firstElementChild) return;
    const words = this.getAttribute("label") ?? "Copy";
    this.button.type = "button";
    this.button.className = "button small quiet";
    this.button.textContent = words;
    this.button.setAttribute("aria-live", "polite");
    this.button.addEventListener("click", () => this.copy(words));
    this.append(this.button);
  }

  /** @param {string} words */
  async copy(words) {
    const source = document.getElementById(this.getAttribute("from") ?? "");
    const text = this.getAttribute("text") ?? source?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text.trim());
      this.button.textContent = "Copied";
    } catch {
      this.button.textContent = "Press Ctrl C";
      if (source) getSelection()?.selectAllChildren(source);
    }
    setTimeout(() => { this.button.textContent = words; }, SHOWN_MILLISECONDS);
  }
}

customElements.define("x-copy", Copy);
