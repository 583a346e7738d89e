/** A list of lines of which only those exist that can be seen; one of them is the present one. */
import { element } from "./words.js";

const HEIGHT = 30;
const SPARE = 6;

/** @typedef {{ms: number, key: string, words: string, fill: (line: HTMLElement) => void}} Line */

export class Rows {
  /** @type {Line[]} */ all = [];
  /** @type {Line[]} */ lines = [];
  words = "";
  present = -1;
  chosen = "";
  isFollowed = true;

  /** @param {HTMLElement} root @param {(line: Line) => void} choose */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    this.space = element("ol", "rr-space");
    root.append(this.space);
    root.addEventListener("scroll", () => this.draw());
    root.addEventListener("pointerenter", () => { this.isFollowed = false; });
    root.addEventListener("pointerleave", () => { this.isFollowed = true; });
    this.space.addEventListener("click", (event) => {
      const line = this.lines[Number(/** @type {Element} */ (event.target).closest("button")?.dataset.at)];
      if (line) this.choose(line);
    });
    new ResizeObserver(() => this.draw()).observe(root);
  }

  /** @param {Line[]} lines in order of time */
  show(lines) {
    this.all = lines;
    this.filter(this.words);
  }

  /** @param {string} words that a line must hold */
  filter(words) {
    this.words = words;
    const wanted = words.trim().toLowerCase();
    this.lines = wanted ? this.all.filter((line) => line.words.toLowerCase().includes(wanted)) : this.all;
    this.space.style.height = `${this.lines.length * HEIGHT}px`;
    this.present = -1;
    this.space.replaceChildren();
    this.draw();
  }

  /** Mark the last line before a moment, and keep it in sight. @param {number} ms */
  move(ms) {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].ms <= ms) low = middle + 1;
      else high = middle;
    }
    if (low - 1 === this.present) return;
    this.present = low - 1;
    const top = this.present * HEIGHT;
    const { scrollTop, clientHeight } = this.root;
    if (this.isFollowed && this.present >= 0 && (top < scrollTop || top + HEIGHT > scrollTop + clientHeight)) this.root.scrollTop = top - clientHeight / 3;
    this.draw();
  }

  draw() {
    const from = Math.max(0, Math.floor(this.root.scrollTop / HEIGHT) - SPARE);
    const to = Math.min(this.lines.length, Math.ceil((this.root.scrollTop + this.root.clientHeight) / HEIGHT) + SPARE);
    /** @type {Map<number, HTMLElement>} */
    const there = new Map();
    for (const one of [.../** @type {HTMLCollectionOf<HTMLElement>} */ (this.space.children)]) {
      const at = Number(one.dataset.at);
      if (at < from || at >= to) one.remove();
      else there.set(at, one);
    }
    for (let at = from; at < to; at++) {
      const item = there.get(at) ?? this.make(at);
      const button = /** @type {HTMLElement} */ (item.firstElementChild);
      if (at === this.present) button.setAttribute("aria-current", "time");
      else button.removeAttribute("aria-current");
      button.classList.toggle("is-chosen", this.lines[at].key === this.chosen);
    }
  }

  /** @param {number} at */
  make(at) {
    const item = element("li", "rr-item");
    item.dataset.at = String(at);
    item.style.top = `${at * HEIGHT}px`;
    item.setAttribute("aria-setsize", String(this.lines.length));
    item.setAttribute("aria-posinset", String(at + 1));
    const button = element("button", "rr-line");
    button.type = "button";
    button.dataset.at = String(at);
    this.lines[at].fill(button);
    item.append(button);
    this.space.append(item);
    return item;
  }
}
