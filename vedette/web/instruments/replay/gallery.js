/** The frame in which moments of recordings stand still: orders to it, and what it tells. */

/**
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 * @typedef {{is: "built", id: number, width: number, height: number} | {is: "blank", id: number}} Told
 */

const MOST_PIXELS = 16384;

/** The message, rebuilt; null for one that is none. @param {any} data @returns {Told | {is: "ready"} | null} */
function toldOf(data) {
  if (data?.is === "ready") return { is: "ready" };
  const id = Number(data?.id);
  if (!Number.isSafeInteger(id)) return null;
  if (data.is === "blank") return { is: "blank", id };
  const [width, height] = [Number(data.width), Number(data.height)];
  const isSize = width >= 1 && height >= 1 && width <= MOST_PIXELS && height <= MOST_PIXELS;
  return data.is === "built" && isSize ? { is: "built", id, width, height } : null;
}

export class Gallery {
  isReady = false;
  /** @type {Record<string, unknown>[]} */ waiting = [];
  /** @param {MessageEvent} event */
  onMessage = (event) => this.hear(event);

  /** @param {HTMLElement} holder @param {string} address of the frame @param {(told: Told) => void} tell */
  constructor(holder, address, tell) {
    this.tell = tell;
    this.frame = document.createElement("iframe");
    this.frame.className = "gallery";
    this.frame.title = "Recorded pages";
    this.frame.inert = true; // neither focus nor keys go into a recording
    this.frame.tabIndex = -1;
    this.frame.setAttribute("aria-hidden", "true");
    this.frame.src = address;
    window.addEventListener("message", this.onMessage);
    holder.append(this.frame);
  }

  close() {
    window.removeEventListener("message", this.onMessage);
    this.frame.remove();
  }

  /** The document of the recordings: within the frame, which has nothing else in it. */
  get window() {
    return this.frame.contentWindow?.frames[0] ?? null;
  }

  /** Where the frame lies within its holder. @param {Box} box */
  lie(box) {
    Object.assign(this.frame.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
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
    if (told.is !== "ready") return this.tell(told);
    this.isReady = true;
    for (const order of this.waiting.splice(0)) this.send(order);
  }
}

/**
 * What the server says of a moment: what it is of, when it is in milliseconds since 1970, which segment has its
 * video, and its events as a text. @typedef {{kind: "page" | "video" | "none", at: number, segment: number, text: string}} Moment
 */

/** Ask for a moment. @param {string} address @returns {Promise<Moment>} */
export async function momentAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) return { kind: "none", at: 0, segment: 0, text: "" };
  const text = await answer.text();
  const end = text.indexOf("\n");
  const about = JSON.parse(text.slice(0, end));
  return { kind: about.kind, at: Number(about.at_ms), segment: Number(about.segment), text: text.slice(end + 1) };
}
