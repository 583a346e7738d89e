/**
 * <x-posters frame still> around a list shows a small picture in each `.poster` within it.
 *
 * A poster has the address of its moment in `data-still`, and that of its replay's segments in
 * `data-film`. Pictures are asked for when they come into sight, few at a time, and all of them are
 * built in one frame that lies over the list. Resting on a poster, or the focus on the first link
 * beside it, plays it larger.
 */
import { Gallery, momentAt } from "../replay/gallery.js";
import { Preview } from "./preview.js";

const AT_ONCE = 3;
const MOST_BUILT = 30;
const REST_MS = 180;
const NEAR = "300px 0px";
const PATIENCE_MS = 8000;

/** @typedef {import('../replay/gallery.js').Box} Box */

class Posters extends HTMLElement {
  /** @type {Gallery | null} */ gallery = null;
  /** @type {HTMLElement[]} */ posters = [];
  /** Those that are built, the oldest first. @type {Set<HTMLElement>} */ built = new Set();
  /** @type {Set<HTMLElement>} */ near = new Set();
  /** @type {HTMLElement[]} */ waiting = [];
  /** @type {Map<number, () => void>} */ building = new Map();
  atWork = 0;
  rest = 0;

  connectedCallback() {
    if (this.gallery) return;
    this.posters = [...this.querySelectorAll(".poster")].map((one) => /** @type {HTMLElement} */ (one));
    if (!this.posters.length) return;
    this.gallery = new Gallery(this, this.getAttribute("frame") ?? "", (told) => this.hear(told));
    this.preview = new Preview(this.getAttribute("player") ?? "");
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this);
    this.seen = new IntersectionObserver((entries) => this.look(entries), { rootMargin: NEAR });
    for (const one of this.posters) {
      this.seen.observe(one);
      this.listen(one);
    }
    this.lay();
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.seen?.disconnect();
    this.preview?.close();
    this.gallery?.close();
    this.gallery = null;
    this.built.clear();
  }

  /** @param {HTMLElement} poster */
  listen(poster) {
    const show = () => {
      clearTimeout(this.rest);
      this.rest = window.setTimeout(() => this.preview?.show(poster), REST_MS);
    };
    const hide = () => {
      clearTimeout(this.rest);
      this.preview?.hide();
    };
    poster.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && show());
    poster.addEventListener("pointerleave", hide);
    const link = poster.closest("tr, li, p, dd")?.querySelector("a");
    link?.addEventListener("focus", () => link.matches(":focus-visible") && show());
    link?.addEventListener("blur", hide);
    link?.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  }

  /** What came into sight waits for its picture; what went out of it may lose it. @param {IntersectionObserverEntry[]} entries */
  look(entries) {
    for (const { target, isIntersecting } of entries) {
      const poster = /** @type {HTMLElement} */ (target);
      if (isIntersecting) this.near.add(poster);
      else this.near.delete(poster);
      if (isIntersecting && !poster.dataset.state) this.waiting.push(poster);
    }
    this.work();
  }

  work() {
    while (this.atWork < AT_ONCE && this.waiting.length) {
      const poster = /** @type {HTMLElement} */ (this.waiting.shift());
      if (!this.near.has(poster) || poster.dataset.state) continue;
      this.atWork++;
      poster.dataset.state = "loading";
      this.draw(poster).catch(() => { poster.dataset.state = "none"; }).finally(() => {
        this.atWork--;
        this.work();
      });
    }
  }

  /** @param {HTMLElement} poster */
  async draw(poster) {
    const moment = await momentAt(poster.dataset.still ?? "");
    if (!this.gallery || moment.kind === "none") {
      poster.dataset.state = "none";
    } else if (moment.kind === "video") {
      poster.append(filmed(poster.dataset.film ?? "", moment.segment));
      poster.dataset.state = "shown";
    } else {
      const id = this.posters.indexOf(poster);
      const done = new Promise((resolve) => {
        this.building.set(id, () => resolve(undefined));
        setTimeout(resolve, PATIENCE_MS);
      });
      this.built.add(poster);
      this.gallery.send({ order: "put", id, text: moment.text, at: moment.at, box: this.boxOf(poster) });
      await done;
      this.tidy();
    }
  }

  /** @param {import('../replay/gallery.js').Told} told */
  hear(told) {
    const poster = this.posters[told.id];
    if (!poster) return;
    poster.dataset.state = told.is === "built" ? "shown" : "none";
    this.building.get(told.id)?.();
    this.building.delete(told.id);
  }

  /** Of many pictures those that are out of sight go. */
  tidy() {
    for (const poster of [...this.built]) {
      if (this.built.size <= MOST_BUILT) return;
      if (this.near.has(poster)) continue;
      this.built.delete(poster);
      delete poster.dataset.state;
      this.gallery?.send({ order: "drop", id: this.posters.indexOf(poster) });
    }
  }

  /** The frame lies over all posters, and each picture where its poster is. */
  lay() {
    const boxes = this.posters.map((one) => placeOf(one, this));
    const shown = boxes.filter((one) => one.width > 0);
    const left = Math.min(...shown.map((one) => one.left));
    const top = Math.min(...shown.map((one) => one.top));
    if (!shown.length) return;
    this.corner = { left, top };
    const width = Math.max(...shown.map((one) => one.left + one.width)) - left;
    const height = Math.max(...shown.map((one) => one.top + one.height)) - top;
    this.gallery?.lie({ left, top, width, height });
    this.gallery?.send({ order: "move", boxes: [...this.built].map((one) => [this.posters.indexOf(one), this.boxOf(one)]) });
  }

  /** Where a picture is within the frame. @param {HTMLElement} poster @returns {Box} */
  boxOf(poster) {
    const place = placeOf(poster, this);
    return { ...place, left: place.left - (this.corner?.left ?? 0), top: place.top - (this.corner?.top ?? 0) };
  }
}

/** Where a poster is within an element, without its border. @param {HTMLElement} poster @param {HTMLElement} within @returns {Box} */
function placeOf(poster, within) {
  const [inner, outer] = [poster.getBoundingClientRect(), within.getBoundingClientRect()];
  return { left: inner.left - outer.left + 1, top: inner.top - outer.top + 1, width: inner.width - 2, height: inner.height - 2 };
}

/** The first picture of a video. @param {string} film @param {number} segment */
function filmed(film, segment) {
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  video.preload = "metadata";
  video.tabIndex = -1;
  video.src = `${film}${segment}/video/#t=0.1`;
  return video;
}

customElements.define("x-posters", Posters);
