/**
 * <x-heat frame src spots most> draws clicks over a recorded page.
 *
 * `src` answers with the moment that shows the page (`pages/replays/still.py`), `frame` is the
 * address of the page in which it is built; `spots` are `share,top,clicks;…`: a share of the width,
 * pixels from the top, how many clicks, of which `most` is the largest.
 */
import { Gallery, momentAt } from "../replay/gallery.js";
import { paint, readSpots } from "./painting.js";

const STILL = 1;

class Heat extends HTMLElement {
  /** @type {Gallery | null} */ gallery = null;
  /** @type {HTMLCanvasElement | null} */ canvas = null;
  /** @type {HTMLElement | null} */ note = null;
  width = 1024;
  height = 640;

  async connectedCallback() {
    if (this.gallery) return;
    this.note = this.querySelector("p");
    if (this.note) this.note.textContent = "Loading the page …";
    this.gallery = new Gallery(this, this.getAttribute("frame") ?? "", (told) => this.hear(told));
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this);
    const moment = await momentAt(this.getAttribute("src") ?? "").catch(() => null);
    if (!moment || moment.kind !== "page") return this.fail();
    const box = { left: 0, top: 0, width: this.width, height: this.height };
    this.gallery?.send({ order: "put", id: STILL, text: moment.text, at: moment.at, box, isWhole: true });
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.gallery?.close();
    this.gallery = null;
  }

  /** @param {import('../replay/gallery.js').Told} told */
  hear(told) {
    if (told.is === "blank") return this.fail();
    const spots = readSpots(this.getAttribute("spots") ?? "");
    // A page may have been longer for others than for whom the picture is of.
    const lowest = spots.reduce((low, one) => Math.max(low, one.top + 30), 0);
    this.width = told.width;
    this.height = Math.max(told.height, Math.min(lowest, told.height * 2));
    this.note?.remove();
    this.canvas ??= this.appendChild(document.createElement("canvas"));
    this.style.setProperty("--ratio", `${this.width} / ${this.height}`);
    this.style.setProperty("--wide", `${this.width}px`);
    this.setAttribute("data-ready", "");
    paint(this.canvas, spots, Number(this.getAttribute("most")) || 1, this.width, this.height);
    this.fit();
    this.reveal(spots[0]?.top ?? 0);
  }

  /** Begin where the most clicks are, if that is not in sight. @param {number} top of the page, in its pixels */
  reveal(top) {
    const place = (top * this.clientWidth) / this.width;
    const room = this.parentElement;
    if (room && place > room.clientHeight) room.scrollTop = place - room.clientHeight / 2;
  }

  fail() {
    if (!this.note) return;
    this.note.textContent = "The picture of this page cannot be shown. What was clicked stands in the table below.";
  }

  /** The picture as wide as there is room. */
  fit() {
    if (!this.hasAttribute("data-ready")) return;
    const box = { left: 0, top: 0, width: this.clientWidth, height: (this.clientWidth * this.height) / this.width };
    this.gallery?.lie(box);
    this.gallery?.send({ order: "move", boxes: [[STILL, box]] });
  }
}

customElements.define("x-heat", Heat);
