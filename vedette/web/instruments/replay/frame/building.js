/** Makes nodes of recorded events, whole pages and what changed on them, for whoever shows them. */
import { Replayer } from "../../../vendor/rrweb/replayer.js";
import { milliseconds } from "./telling.js";

const CUSTOM = 5;
// What a page's pictures were is not recorded; where they stood is.
const MISSING = "img:not([src]), video, audio, iframe:not([src], [data-recorded]) { background: repeating-linear-gradient(45deg, #8882 0 8px, #8881 8px 16px); }";

// One event that cannot be applied costs none of those after it.
for (const name of ["applyIncremental", "moveAndHover"]) {
  const apply = /** @type {any} */ (Replayer.prototype)[name];
  /** @type {any} */ (Replayer.prototype)[name] = function (/** @type {any[]} */ ...given) {
    try {
      return apply.apply(this, given);
    } catch { // audit-ignore: swallow.catch-default -- an event that fits no page costs none after it
      return undefined;
    }
  };
}

// A frame whose document was recorded is none of what is missing.
const attach = /** @type {any} */ (Replayer.prototype).attachDocumentToIframe;
/** @type {any} */ (Replayer.prototype).attachDocumentToIframe = function (/** @type {any} */ change, /** @type {Element} */ frame) {
  frame.setAttribute("data-recorded", "");
  return attach.call(this, change, frame);
};

/** The events of a text in order, their times in milliseconds; null for what is no list. @param {string} text @returns {any[] | null} */
export function parse(text) {
  /** @type {any[]} */
  let events = [];
  try {
    const held = JSON.parse(text);
    events = held.filter((/** @type {any} */ one) => one && typeof one === "object" && Number.isInteger(one.type) && one.data !== null && typeof one.data === "object");
  } catch {
    return null;
  }
  for (const one of events) one.timestamp = milliseconds(one.timestamp);
  return events.filter((one) => !Number.isNaN(one.timestamp)).sort((one, other) => one.timestamp - other.timestamp);
}

/** The event without what it could do; null for one that is not shown. @param {import('./cleaning.js').Cleaner} cleaner @param {any} event */
export function cleaned(cleaner, event) {
  try {
    return cleaner.clean(event);
  } catch { // audit-ignore: swallow.catch-default -- an event that is not known costs none after it
    return null;
  }
}

/** An event that shows nothing. @param {number} timestamp */
export function stop(timestamp) {
  return { type: CUSTOM, timestamp, data: { tag: "", payload: {} } };
}

/** A replayer of events that are cleaned, two at least, within an element. @param {any[]} events @param {Element} root @param {Record<string, unknown>} more @returns {any} */
export function build(events, root, more) {
  return new Replayer(events, {
    root, triggerFocus: false, showWarning: false, showDebug: false, insertStyleRules: [MISSING],
    UNSAFE_replayCanvas: false, logger: { log() {}, warn() {}, error() {} }, ...more,
  });
}
