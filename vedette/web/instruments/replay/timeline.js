/** The line of time: marks by kind in lanes, gaps, the present moment; seeks by pointer. */
import { KINDS, clock, element, isBad } from "./words.js";

/** @typedef {import('./words.js').Mark} Mark */
/** @typedef {import('./contents.js').Contents} Contents */

const BINS = 400; // places for marks: what is closer looks like one
const NEAR = 0.008; // of the line, within which a mark is named
const DRAG_MS = 120; // between two moments while it is dragged
const LANES = Object.keys(KINDS).filter((kind) => kind !== "input");

export class Timeline {
  length = 1;
  started = 0;
  /** @type {Mark[]} */ marks = [];
  dragged = 0;

  /** @param {HTMLElement} root @param {(ms: number) => void} seek to a moment since the beginning */
  constructor(root, seek) {
    this.root = root;
    this.seek = seek;
    root.innerHTML = `<div class="rt-gaps"></div><div class="rt-marks" aria-hidden="true"></div><div class="rt-past"></div><div class="rt-now"></div><div class="rt-hover" hidden></div>`;
    root.addEventListener("pointerdown", (event) => this.drag(event));
    root.addEventListener("pointermove", (event) => this.hover(event));
    root.addEventListener("pointerleave", () => { this.part("hover").hidden = true; });
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`.rt-${name}`));
  }

  /** @param {Contents} contents */
  show(contents) {
    this.started = contents.started;
    this.length = contents.finished - contents.started;
    this.marks = contents.marks.filter((mark) => LANES.includes(mark.kind));
    this.root.setAttribute("aria-valuemax", String(Math.round(this.length / 1000)));
    this.part("gaps").replaceChildren(...contents.gaps.map(([from, to]) => {
      const gap = element("i", "rt-gap");
      gap.style.left = `${this.share(from) * 100}%`;
      gap.style.width = `${Math.max(0.3, (this.share(to) - this.share(from)) * 100)}%`;
      gap.title = "Nothing arrived of this time";
      return gap;
    }));
    const seen = new Set();
    const made = document.createDocumentFragment();
    for (const mark of this.marks) {
      const bin = Math.round(this.share(mark.ms) * BINS);
      const key = `${mark.kind}:${isBad(mark)}:${bin}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const one = element("i", `rt-mark replay-${mark.kind}${isBad(mark) ? " bad" : ""}`);
      one.style.left = `${(bin / BINS) * 100}%`;
      one.style.top = `${LANES.indexOf(mark.kind) * 4 + 2}px`;
      made.append(one);
    }
    this.part("marks").replaceChildren(made);
  }

  /** Where a moment lies, from 0 to 1. @param {number} ms since 1970 */
  share(ms) {
    return Math.min(Math.max((ms - this.started) / this.length, 0), 1);
  }

  /** @param {number} ms since 1970 */
  move(ms) {
    const share = this.share(ms);
    this.part("past").style.width = `${share * 100}%`;
    this.part("now").style.left = `${share * 100}%`;
    this.root.setAttribute("aria-valuenow", String(Math.round((ms - this.started) / 1000)));
    this.root.setAttribute("aria-valuetext", `${clock(ms - this.started)} of ${clock(this.length)}`);
  }

  /** @param {PointerEvent} event @returns {number} from 0 to 1 */
  where(event) {
    const box = this.root.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (event.button !== 0) return;
    this.root.setPointerCapture(event.pointerId);
    this.seek(this.where(event) * this.length);
    /** @param {PointerEvent} one */
    const move = (one) => {
      if (one.timeStamp - this.dragged < DRAG_MS) return;
      this.dragged = one.timeStamp;
      this.seek(this.where(one) * this.length);
    };
    this.root.addEventListener("pointermove", move);
    this.root.addEventListener("pointerup", (one) => {
      this.root.removeEventListener("pointermove", move);
      if (one.clientX !== event.clientX) this.seek(this.where(one) * this.length);
    }, { once: true });
  }

  /** The time under the pointer, and what happened there. @param {PointerEvent} event */
  hover(event) {
    const share = this.where(event);
    const hover = this.part("hover");
    const near = this.marks.filter((mark) => Math.abs(this.share(mark.ms) - share) < NEAR);
    const told = near.find(isBad) ?? near[0];
    hover.hidden = false;
    hover.textContent = [clock(share * this.length), told ? `${KINDS[told.kind]} ${told.label.slice(0, 60)}` : ""].filter(Boolean).join(" · ");
    hover.style.left = `${share * 100}%`;
    hover.classList.toggle("is-left", share > 0.5);
  }
}
