/** The lines of each panel: what a replay holds, made of its marks and of what was read so far. */
import { KINDS, clock, element, isBad, size, took } from "./words.js";

/** @typedef {import('./words.js').Mark} Mark */
/** @typedef {import('./contents.js').Contents} Contents */
/** @typedef {import('./rows.js').Line} Line */
/** @typedef {import('./told.js').Read} Read */

const OF_CHARTS = new Set(["memory", "mutations"]);
/** The panels with lines, by their labels: which marks stand in them. @type {Record<string, (mark: Mark) => boolean>} */
export const PANELS = {
  Trail: (mark) => !OF_CHARTS.has(mark.kind),
  Console: (mark) => mark.kind === "console",
  Network: (mark) => mark.kind === "request",
  Errors: (mark) => mark.kind === "error",
  Changes: () => false,
  Memory: (mark) => mark.kind === "memory" && typeof mark.detail.used === "number",
};

/** The lines of a panel. @param {string} panel @param {Contents} contents @param {Map<number, Read>} read @returns {Line[]} */
export function linesOf(panel, contents, read) {
  if (panel === "Changes") return changes(contents, read);
  const marks = contents.marks.filter(PANELS[panel]);
  if (panel === "Memory") return bars(marks.map((mark) => [mark.ms, mark.detail.used]), contents.started, size);
  const fill = panel === "Network" ? fillRequest : fillMark;
  return marks.map((mark, at) => ({
    ms: mark.ms,
    key: `${mark.kind}:${mark.ms}:${at}`,
    words: `${KINDS[mark.kind] ?? mark.kind} ${mark.label} ${Object.values(mark.detail).join(" ")}`,
    mark,
    fill: (/** @type {HTMLElement} */ line) => fill(line, mark, contents.started),
  }));
}

/** Changes of the document each second; an average where a segment was not read yet. @param {Contents} contents @param {Map<number, Read>} read @returns {Line[]} */
function changes(contents, read) {
  /** @type {Map<number, number>} */
  const seconds = new Map();
  for (const part of contents.parts) {
    const known = read.get(part.id)?.changes;
    const length = Math.max(1, Math.ceil((part.last - part.first) / 1000));
    const first = Math.floor(part.first / 1000);
    const found = known ?? (part.mutations ? Array.from({ length: Math.min(length, 60) }, (_, at) => [first + at, part.mutations / length]) : []);
    for (const [second, number] of found) seconds.set(second, (seconds.get(second) ?? 0) + number);
  }
  const ordered = [...seconds].sort((one, other) => one[0] - other[0]);
  return bars(ordered.map(([second, number]) => [Math.max(second * 1000, contents.started), number]), contents.started, (number) => `${+number.toFixed(1)}`);
}

/** Lines with bars, each as long as its number. @param {[number, number][]} found @param {number} started @param {(number: number) => string} write @returns {Line[]} */
function bars(found, started, write) {
  const most = found.reduce((sum, [, number]) => Math.max(sum, number), 1);
  return found.map(([ms, number], at) => ({
    ms,
    key: `bar:${ms}:${at}`,
    words: write(number),
    fill: (line) => {
      const lane = element("span", "rr-bar");
      const bar = element("i", "");
      bar.style.width = `${(number / most) * 100}%`;
      lane.append(bar);
      line.append(time(ms - started), lane, element("span", "rr-number", write(number)));
    },
  }));
}

/** @param {HTMLElement} line @param {Mark} mark @param {number} started */
function fillMark(line, mark, started) {
  const kind = element("span", `rr-kind replay-${mark.kind}`, KINDS[mark.kind] ?? mark.kind);
  line.append(time(mark.ms - started), kind, element("span", "rr-words", labelOf(mark)), element("span", "rr-number", noteOf(mark)));
  line.classList.toggle("is-bad", isBad(mark));
  line.title = mark.label;
}

/** @param {HTMLElement} line @param {Mark} mark @param {number} started */
function fillRequest(line, mark, started) {
  const { method, status, received, duration } = mark.detail;
  const words = [method || "GET", path(mark.label)].join(" ");
  line.append(time(mark.ms - started), element("span", "rr-status", status === 0 ? "failed" : String(status ?? "")), element("span", "rr-words", words), element("span", "rr-number", size(received)), element("span", "rr-number", took(duration)));
  line.classList.toggle("is-bad", isBad(mark));
  line.title = mark.label;
}

/** @param {number} ms */
function time(ms) {
  return element("span", "rr-time", clock(ms));
}

/** @param {Mark} mark */
function labelOf(mark) {
  return mark.kind === "request" || mark.kind === "navigation" ? path(mark.label) : mark.label;
}

/** @param {Mark} mark */
function noteOf(mark) {
  const { status, duration, value, level, clicks } = mark.detail;
  if (mark.kind === "console") return level ?? "";
  if (mark.kind === "vital") return typeof value === "number" ? `${+value.toFixed(value < 10 ? 2 : 0)}` : "";
  if (mark.kind === "rage" || mark.kind === "dead") return clicks > 1 ? `${clicks}×` : "";
  return [status ?? "", took(duration)].filter((one) => one !== "").join(" · ");
}

/** What is told of an address. @param {string} address */
function path(address) {
  try {
    const found = new URL(address);
    return found.host === "" ? address : `${found.pathname}${found.search}`;
  } catch {
    return address;
  }
}

/** All that is known of a line, with what a request sent and got. @param {Mark} mark @param {Map<number, Read>} read */
export function detailOf(mark, read) {
  const made = element("dl", "rr-facts");
  /** @param {string} name @param {string} value */
  const add = (name, value) => {
    if (value) made.append(element("dt", "", name), element("dd", "", value));
  };
  add(KINDS[mark.kind] ?? mark.kind, mark.label);
  for (const [name, value] of Object.entries(mark.detail)) {
    if (name === "event_id") continue; // the issue is linked
    const isSize = name === "sent" || name === "received";
    add(name, isSize ? size(value) : name === "duration" ? took(value) : String(value));
  }
  const bodies = read.get(mark.segment)?.requests.find((one) => Math.abs(one.ms - mark.ms) <= 1 && one.url.startsWith(mark.label.slice(0, 200)));
  if (bodies) for (const [name, text] of [["Its request", bodies.sent], ["Its answer", bodies.received]]) {
    if (text) made.append(element("dt", "", name), body(text));
  }
  return made;
}

/** @param {string} text */
function body(text) {
  const holder = element("dd", "");
  holder.append(element("pre", "", text));
  return holder;
}
