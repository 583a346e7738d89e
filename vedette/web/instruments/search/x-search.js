/**
 * <x-search src="…"> completes the word at the caret of the text field inside it.
 *
 * `src` answers `?prefix=` with keys and `?key=…&prefix=` with values, as
 * `{suggestions: [{text, count?}]}`. Emits `x-search-complete` with the new text.
 */
const WORD = /(?:[^\s"]|"(?:[^"\\]|\\.)*"?)*$/;
const WAIT_MILLISECONDS = 90;

class SearchBox extends HTMLElement {
  list = document.createElement("ul");
  timer = 0;
  /** @type {AbortController | null} */
  request = null;

  /** The text field that is completed. */
  get field() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input[type=text]"));
  }

  connectedCallback() {
    this.list.className = "x-search-list";
    this.list.id = this.field.id + "-options";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    this.append(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-controls", this.list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) {
      this.field.setAttribute(name, value);
    }
    this.field.addEventListener("input", () => this.ask());
    this.field.addEventListener("focus", () => this.ask());
    this.field.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("mousedown", (event) => {
      const option = /** @type {Element} */ (event.target).closest("li");
      event.preventDefault();
      if (option) this.take(option);
    });
  }

  /** The word that ends at the caret, split into negation, key and the part being written. */
  word() {
    const before = this.field.value.slice(0, this.field.selectionStart ?? 0);
    const text = WORD.exec(before)?.[0] ?? "";
    const bare = text.replace(/^!/, "");
    const colon = bare.startsWith("tags[") ? bare.indexOf("]:") + 1 || -1 : bare.indexOf(":");
    const start = before.length - text.length + (text.length - bare.length);
    if (colon < 0) return { key: "", prefix: bare, start };
    return { key: bare.slice(0, colon), prefix: bare.slice(colon + 1).replace(/^"/, ""), start: start + colon + 1 };
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), WAIT_MILLISECONDS);
  }

  async load() {
    const { key, prefix } = this.word();
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    address.searchParams.set("key", key);
    address.searchParams.set("prefix", prefix);
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.request.signal });
      if (answer.ok) this.show((await answer.json()).suggestions);
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") this.close();
    }
  }

  /** @param {{text: string, count?: number}[]} suggestions */
  show(suggestions) {
    if (document.activeElement !== this.field || !suggestions.length) return this.close();
    const chosen = /** @type {HTMLElement | null} */ (this.list.querySelector("[aria-selected=true]"))?.dataset.text;
    this.list.replaceChildren(...suggestions.map((suggestion, index) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(suggestion.text === chosen));
      option.dataset.text = suggestion.text;
      const name = document.createElement("span");
      name.textContent = suggestion.text;
      option.append(name);
      if (suggestion.count !== undefined) {
        const count = document.createElement("span");
        count.textContent = suggestion.count.toLocaleString();
        option.append(count);
      }
      return option;
    }));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
  }

  close() {
    this.list.replaceChildren();
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Escape") { if (!this.list.hidden) event.stopPropagation(); return this.list.hidden ? this.field.blur() : this.close(); }
    if (this.list.hidden) return;
    const options = [...this.list.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
      this.field.setAttribute("aria-activedescendant", options[next].id);
      options[next].scrollIntoView({ block: "nearest" });
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) {
      event.preventDefault();
      this.take(/** @type {HTMLElement} */ (options[at]));
    }
  }

  /** @param {HTMLElement} option */
  take(option) {
    const { start } = this.word();
    const caret = this.field.selectionStart ?? 0;
    const text = option.dataset.text ?? "";
    const ending = text.endsWith(":") ? "" : " ";
    this.field.value = this.field.value.slice(0, start) + text + ending + this.field.value.slice(caret).replace(/^\s/, "");
    const after = start + text.length + ending.length;
    this.field.focus();
    this.field.setSelectionRange(after, after);
    this.dispatchEvent(new CustomEvent("x-search-complete", { detail: this.field.value, bubbles: true }));
    this.close();
    if (text.endsWith(":")) this.ask();
  }
}

customElements.define("x-search", SearchBox);
