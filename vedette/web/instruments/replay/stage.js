/** The frame in which a recording is shown, in its place and size; orders to it, what it tells. */
import { toldOf } from "./told.js";

/** @typedef {import('./told.js').Told} Told */

export class Stage {
  isReady = false;
  /** @type {Record<string, unknown>[]} */ waiting = [];
  width = 1024;
  height = 640;
  /** @param {MessageEvent} event */
  onMessage = (event) => this.hear(event);

  /** @param {HTMLElement} holder @param {string} address of the frame @param {(told: Told) => void} tell */
  constructor(holder, address, tell) {
    this.holder = holder;
    this.tell = tell;
    this.frame = document.createElement("iframe");
    this.frame.title = "The recorded page";
    this.frame.inert = true; // neither focus nor keys go into a recording
    this.frame.tabIndex = -1;
    this.frame.src = address;
    window.addEventListener("message", this.onMessage);
    holder.append(this.frame);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(holder);
    this.fit();
  }

  close() {
    window.removeEventListener("message", this.onMessage);
    this.sizes.disconnect();
    this.frame.remove();
  }

  /** The document of the recording: within the frame, which has nothing else in it. */
  get window() {
    return this.frame.contentWindow?.frames[0] ?? null;
  }

  /** @param {Record<string, unknown>} order */
  send(order) {
    if (this.isReady) this.window?.postMessage(order, "*"); // its origin is nobody's and cannot be named
    else this.waiting.push(order);
  }

  /** @param {MessageEvent} event */
  hear(event) {
    if (event.source === null || event.source !== this.window) return;
    const told = toldOf(event.data);
    if (!told) return;
    if (told.is === "size") {
      this.width = told.width;
      this.height = told.height;
      this.fit();
    } else if (told.is === "ready") {
      this.isReady = true;
      for (const order of this.waiting.splice(0)) this.send(order);
      this.fit();
    }
    this.tell(told);
  }

  /** The recorded size, made smaller until all of it is in its place. */
  fit() {
    this.holder.style.setProperty("--ratio", `${this.width} / ${this.height}`);
    const [wide, high] = [this.holder.clientWidth, this.holder.clientHeight];
    const scale = Math.min(wide / this.width, high / this.height, 2) || 1;
    Object.assign(this.frame.style, {
      width: `${this.width}px`,
      height: `${this.height}px`,
      transform: `translate(${Math.max(0, (wide - this.width * scale) / 2)}px, ${Math.max(0, (high - this.height * scale) / 2)}px) scale(${scale})`,
    });
    if (this.isReady) this.send({ order: "set", size: 1 / scale });
  }
}
