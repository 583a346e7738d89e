/**
 * What the frame may tell, by shape. It shows what strangers sent, so nothing of it is believed:
 * a message is rebuilt of what it should hold, or it is none.
 */

const MOST_LISTED = 5000;
const MOST_TEXT = 70_000;

/**
 * @typedef {{ms: number, url: string, sent: string, received: string}} Bodies
 * @typedef {{segment: number, changes: [number, number][], pages: [number, string][], requests: Bodies[]}} Read
 */

/** @param {unknown} value @returns {number} NaN for what is none */
function number(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : NaN;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value.slice(0, MOST_TEXT) : "";
}

/** @param {unknown} value @returns {any[]} */
function list(value) {
  return Array.isArray(value) ? value.slice(0, MOST_LISTED) : [];
}

/** What a segment holds, as far as it has the right shape. @param {any} data @returns {Read} */
export function readOf(data) {
  const bodies = list(data.requests).map((one) => ({
    ms: number(one?.ms), url: text(one?.url), sent: text(one?.sent), received: text(one?.received),
  }));
  return {
    segment: number(data.segment),
    changes: list(data.changes).map((one) => [number(one?.[0]), number(one?.[1])]),
    pages: list(data.pages).map((one) => [number(one?.[0]), text(one?.[1])]),
    requests: bodies,
  };
}

/**
 * @typedef {{is: "ready"} | {is: "blank"} | {is: "failed"} | {is: "broken"}
 *   | {is: "time", ms: number} | {is: "end", ms: number, segment: number} | {is: "skipped", ms: number}
 *   | {is: "size", width: number, height: number} | {is: "read", read: Read}} Told
 */

/** The message, rebuilt; null for one that is none. @param {any} data @returns {Told | null} */
export function toldOf(data) {
  switch (data?.is) {
    case "ready": case "blank": case "failed": case "broken": return { is: data.is };
    case "time": case "end": case "skipped": {
      const ms = number(data.ms);
      return Number.isNaN(ms) ? null : { is: data.is, ms, segment: number(data.segment) };
    }
    case "size": {
      const [width, height] = [number(data.width), number(data.height)];
      return width >= 1 && height >= 1 && width <= 16384 && height <= 16384 ? { is: "size", width, height } : null;
    }
    case "read": return { is: "read", read: readOf(data) };
    default: return null;
  }
}
