/** Times, sizes and elements as the player writes them. */

/** @typedef {{ms: number, kind: string, label: string, detail: Record<string, any>, segment: number}} Mark */

/** What each kind of mark is called, the most telling first. @type {Record<string, string>} */
export const KINDS = {
  error: "Error",
  rage: "Rage click",
  dead: "Dead click",
  slow: "Slow click",
  hydrate: "Hydration error",
  console: "Console",
  request: "Request",
  navigation: "Page",
  click: "Click",
  input: "Input",
  vital: "Web vital",
  memory: "Memory",
};

/** A moment as players write it: 1:05, 1:02:05. @param {number} ms since the beginning */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, left] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${hours ? String(minutes).padStart(2, "0") : minutes}:${String(left).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** @param {unknown} bytes */
export function size(bytes) {
  if (typeof bytes !== "number") return "";
  let amount = bytes;
  for (const unit of ["B", "KB", "MB"]) {
    if (amount < 1024) return `${+amount.toFixed(amount < 10 ? 1 : 0)} ${unit}`;
    amount /= 1024;
  }
  return `${+amount.toFixed(1)} GB`;
}

/** @param {unknown} ms */
export function took(ms) {
  if (typeof ms !== "number") return "";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${+(ms / 1000).toFixed(1)} s` : clock(ms);
}

/** Whether a mark is of something that went wrong. @param {Mark} mark */
export function isBad(mark) {
  const { status, level } = mark.detail;
  if (mark.kind === "console") return level === "error";
  if (mark.kind === "request") return typeof status === "number" && (status === 0 || status >= 400);
  return ["error", "rage", "dead", "hydrate"].includes(mark.kind);
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} name @param {string} className @param {string} [text] @returns {HTMLElementTagNameMap[T]} */
export function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}
