/**
 * Plays recordings in a document of its own. Takes its orders from the page two frames above and
 * tells it what is seen; it can reach nothing else. Orders: `open`, `add`, `play`, `pause`, `hold`, `set`.
 */
import { build, cleaned, parse, stop } from "./building.js";
import { Cleaner } from "./cleaning.js";
import { isDone, tellOf } from "./telling.js";

const FULL_SNAPSHOT = 2;
const TICK_MS = 90;
const IDLE_MS = 10_000; // without anything done: such a time is skipped
const LEAD_MS = 1000; // shown before what ends it
const viewer = window.parent.parent;

/** @typedef {{id: number, text: string}} Segment */

/** @type {any} */ let replayer = null;
let cleaner = new Cleaner();
/** @type {number[]} */ let done = [];
let first = 0;
let shown = 0; // when the first whole page was
let last = 0;
let latest = 0; // the last segment that was read
let plays = false;
let skips = false;
let speed = 1;
let ticked = 0;

/** @param {Record<string, unknown>} message */
function tell(message) {
  viewer.postMessage(message, "*");
}

/** The events of a segment as the replayer may have them, in order. @param {Segment} segment */
function read(segment) {
  const events = parse(segment.text);
  if (!events) {
    tell({ is: "broken", segment: segment.id });
    return [];
  }
  try { tell({ is: "read", ...tellOf(segment.id, events) }); } catch { tell({ is: "broken", segment: segment.id }); }
  latest = segment.id;
  const kept = events.map((one) => cleaned(cleaner, one)).filter(Boolean);
  // What was taken out at the end took time, too.
  if (events.length) kept.push(stop(events[events.length - 1].timestamp));
  return kept;
}

/** @param {any[]} events */
function note(events) {
  for (const one of events) {
    if (isDone(one)) done.push(one.timestamp);
    last = Math.max(last, one.timestamp);
  }
  done.sort((one, other) => one - other);
}

/** @param {{segments: Segment[], at: number, plays: boolean}} order */
function open({ segments, at, plays: goes }) {
  close();
  const events = segments.flatMap(read).sort((one, other) => one.timestamp - other.timestamp);
  const page = events.find((one) => one.type === FULL_SNAPSHOT);
  if (!page) tell({ is: "blank" });
  if (!events.length) return;
  first = events[0].timestamp;
  shown = page?.timestamp ?? first;
  note(events);
  while (events.length < 2) events.push(stop(last));
  replayer = build(events, document.body, {
    speed, mouseTail: { duration: 500, lineCap: "round", lineWidth: 2, strokeStyle: "#5b66d8" },
  });
  replayer.on("resize", (/** @type {any} */ size) => tell({ is: "size", width: size.width, height: size.height }));
  replayer.on("finish", () => tell({ is: "end", ms: last, segment: latest }));
  go(Math.min(at, last), goes);
}

function close() {
  try { replayer?.destroy(); } catch { /* what could not be built cannot be taken down; the body is emptied */ }
  replayer = null;
  document.body.replaceChildren();
  cleaner = new Cleaner();
  done = [];
  last = 0;
}

/** @param {{segments: Segment[]}} order */
function add({ segments }) {
  if (!replayer) return;
  const events = segments.flatMap(read);
  note(events);
  for (const one of events) replayer.addEvent(one);
}

/** @param {number} at milliseconds since 1970 @param {boolean} goes */
function go(at, goes) {
  if (!replayer) return;
  plays = goes;
  // What happens at a moment is shown at it, and at the beginning the first whole page.
  if (goes) replayer.play(Math.max(at, first) - first);
  else replayer.pause(Math.max(at, shown) - first + 1);
  tick(true);
}

/** Stand still where it is. */
function hold() {
  plays = false;
  replayer?.pause();
}

/** @param {{speed?: number, skips?: boolean, size?: number}} order */
function set(order) {
  if (order.speed !== undefined) {
    speed = order.speed;
    replayer?.setConfig({ speed });
  }
  if (order.skips !== undefined) skips = order.skips;
  if (order.size !== undefined) document.body.style.setProperty("--size", String(order.size));
}

/** @param {boolean} [isAsked] */
function tick(isAsked = false) {
  if (!replayer || (!plays && !isAsked)) return;
  const ms = first + replayer.getCurrentTime();
  tell({ is: "time", ms: Math.min(ms, last) });
  if (!plays || !skips) return;
  const next = done.find((one) => one > ms) ?? last;
  if (next - ms <= IDLE_MS) return;
  tell({ is: "skipped", ms: next - LEAD_MS });
  go(next - LEAD_MS, true);
}

/** @param {number} now */
function beat(now) {
  requestAnimationFrame(beat);
  if (now - ticked < TICK_MS) return;
  ticked = now;
  tick();
}

/** @type {Record<string, (order: any) => void>} */
const orders = {
  open,
  add,
  hold,
  set,
  play: ({ at }) => go(at, true),
  pause: ({ at }) => go(at, false),
};

window.addEventListener("message", (event) => {
  if (event.source !== viewer || !Object.hasOwn(orders, event.data?.order)) return;
  try {
    orders[event.data.order](event.data);
  } catch (error) {
    tell({ is: "failed", why: String(error).slice(0, 200) });
  }
});
requestAnimationFrame(beat);
tell({ is: "ready" });
