/**
 * Shows moments of recordings, many small ones or one whole page, each standing still in its box.
 * Takes its orders from the page two frames above, as the player does. Orders: `put`, `move`, `drop`.
 */
import { build, cleaned, parse, stop } from "./building.js";
import { Cleaner } from "./cleaning.js";
import { flatten } from "./flattening.js";

const FULL_SNAPSHOT = 2;
const viewer = window.parent.parent;

/**
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 * @typedef {{replayer: any, holder: HTMLElement, width: number, height: number}} Still
 */

/** @type {Map<number, Still>} */ const stills = new Map();

/** @param {Record<string, unknown>} message */
function tell(message) {
  viewer.postMessage(message, "*");
}

/** @param {{id: number, text: string, at: number, box: Box, isWhole?: boolean}} order */
function put({ id, text, at, box, isWhole }) {
  drop({ id });
  const cleaner = new Cleaner();
  const events = (parse(text) ?? []).map((one) => cleaned(cleaner, one)).filter(Boolean);
  const page = events.find((one) => one.type === FULL_SNAPSHOT);
  if (!page) return tell({ is: "blank", id });
  const [first, last] = [events[0].timestamp, events[events.length - 1].timestamp];
  events.push(stop(last), stop(last));
  const holder = document.createElement("div");
  holder.className = "still";
  document.body.append(holder);
  /** @type {Still} */
  const still = { replayer: null, holder, width: 1024, height: 640 };
  stills.set(id, still);
  still.replayer = build(events, holder, { mouseTail: false });
  still.replayer.on("resize", (/** @type {any} */ size) => {
    [still.width, still.height] = [size.width, size.height];
  });
  still.replayer.pause(Math.min(Math.max(at, page.timestamp), last) - first + 1);
  if (isWhole) still.height = flatten(still.replayer.iframe, still.height);
  fit(still, box);
  tell({ is: "built", id, width: still.width, height: still.height });
}

/** @param {{boxes: [number, Box][]}} order */
function move({ boxes }) {
  for (const [id, box] of boxes) {
    const still = stills.get(id);
    if (still) fit(still, box);
  }
}

/** @param {{id: number}} order */
function drop({ id }) {
  const still = stills.get(id);
  stills.delete(id);
  try { still?.replayer?.destroy(); } catch { /* what could not be built cannot be taken down */ }
  still?.holder.remove();
}

/** All of it in its box, from the top on where the box is lower. @param {Still} still @param {Box} box */
function fit(still, box) {
  const scale = Math.min(box.width / still.width, Math.max(box.height / still.height, box.width / still.width / 2)) || 1;
  Object.assign(still.holder.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
  const wrapper = /** @type {HTMLElement | null} */ (still.holder.firstElementChild);
  if (!wrapper) return;
  const left = Math.max(0, (box.width - still.width * scale) / 2);
  Object.assign(wrapper.style, { transformOrigin: "0 0", transform: `translate(${left}px, 0) scale(${scale})` });
}

/** @type {Record<string, (order: any) => void>} */
const orders = { put, move, drop };

window.addEventListener("message", (event) => {
  if (event.source !== viewer || !Object.hasOwn(orders, event.data?.order)) return;
  try {
    orders[event.data.order](event.data);
  } catch {
    drop(event.data);
    tell({ is: "blank", id: Number(event.data.id) });
  }
});
tell({ is: "ready" });
