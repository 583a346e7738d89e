/** What a segment holds besides the picture: pages, changes a second, requests with their bodies. */

const INCREMENTAL = 3, META = 4, CUSTOM = 5;
const MUTATION = 0;
/** Moves, clicks, scrolling, sizes, inputs, touches: what a person does. */
const DOING = new Set([1, 2, 3, 4, 5, 6, 12]);
const LEAST_MILLISECONDS = 1e11; // what is less are seconds
const MOST_BODY = 64 * 1024;
const MOST_REQUESTS = 2000;
const MOST_PAGES = 1000;

/**
 * @typedef {{ms: number, url: string, sent: string, received: string}} Bodies
 * @typedef {{segment: number, changes: [number, number][], pages: [number, string][], requests: Bodies[]}} Told
 */

/** Milliseconds of a time that may be in seconds; NaN for none. @param {unknown} value */
export function milliseconds(value) {
  if (typeof value !== "number" || !(value > 0)) return NaN;
  return value < LEAST_MILLISECONDS ? value * 1000 : value;
}

/** @param {any} event @returns {boolean} whether a person did something */
export function isDone(event) {
  return event.type === INCREMENTAL && DOING.has(event.data.source);
}

/** What is told of a segment's events. @param {number} segment @param {any[]} events @returns {Told} */
export function tellOf(segment, events) {
  /** @type {Map<number, number>} */
  const changes = new Map();
  /** @type {Told} */
  const told = { segment, changes: [], pages: [], requests: [] };
  for (const event of events) {
    if (event.type === META && told.pages.length < MOST_PAGES) told.pages.push([event.timestamp, text(event.data.href, 2048)]);
    else if (event.type === INCREMENTAL && event.data.source === MUTATION) {
      const second = Math.floor(event.timestamp / 1000);
      changes.set(second, (changes.get(second) ?? 0) + sizeOf(event.data));
    } else if (event.type === CUSTOM && told.requests.length < MOST_REQUESTS) {
      const found = request(event.data);
      if (found) told.requests.push(found);
    }
  }
  told.changes = [...changes];
  return told;
}

/** @param {any} data */
function sizeOf(data) {
  return ["adds", "removes", "texts", "attributes"].reduce((sum, name) => sum + (Array.isArray(data[name]) ? data[name].length : 0), 0);
}

/** @param {any} data @returns {Bodies | null} a request of which more is known than its size */
function request(data) {
  const payload = data?.tag === "performanceSpan" ? data.payload : null;
  if (!/^resource\.(fetch|xhr)$/.test(payload?.op ?? "")) return null;
  const sent = side(payload.data?.request);
  const received = side(payload.data?.response);
  const ms = milliseconds(payload.startTimestamp);
  if (!(sent || received) || Number.isNaN(ms)) return null;
  return { ms: Math.round(ms), url: text(payload.description, 2048), sent, received };
}

/** Headers and body as a text. @param {any} held */
function side(held) {
  if (!held || typeof held !== "object") return "";
  const headers = Object.entries(held.headers ?? {}).map(([name, value]) => `${name}: ${text(value, 1024)}`);
  const body = typeof held.body === "string" ? held.body : held.body == null ? "" : JSON.stringify(held.body, null, 2);
  return [headers.join("\n"), body.slice(0, MOST_BODY)].filter(Boolean).join("\n\n");
}

/** @param {unknown} value @param {number} most */
function text(value, most) {
  return typeof value === "string" ? value.slice(0, most) : "";
}
