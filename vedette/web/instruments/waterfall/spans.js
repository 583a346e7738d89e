/** Spans as the waterfall draws them, and its words and colours. */

/**
 * @typedef {{id: string, depth: number, size: number, begin: number, length: number, service: number,
 *   op: number, words: string, flags: number, skew: number}} Span
 */

/** A span of the answer's lists. @param {any[]} sent @returns {Span} */
export function spanOf([id, depth, size, begin, length, service, op, words, flags, , skew]) {
  return { id, depth, size, begin, length, service, op, words, flags, skew };
}

/** The kind of work of an op. @param {string} op */
export function kind(op) {
  return op.split(".")[0];
}

/** @param {string} name @param {string} className @param {string} text @param {string} [title] */
export function element(name, className, text, title) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  if (title) made.title = title;
  return made;
}

/** Microseconds in words. @param {number} micros */
export function took(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1e6) return `${+(micros / 1000).toFixed(micros < 1e4 ? 2 : micros < 1e5 ? 1 : 0)} ms`;
  if (micros < 6e7) return `${+(micros / 1e6).toFixed(2)} s`;
  const seconds = Math.round(micros / 1e6);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A round step of about this length. @param {number} micros */
export function round(micros) {
  const size = 10 ** Math.floor(Math.log10(Math.max(micros, 1)));
  return size * ([1, 2, 5, 10].find((one) => one * size >= micros) ?? 10);
}

/** A colour that a canvas can use, of the theme that is shown. @param {string} colour @param {HTMLElement} within */
export function solid(colour, within) {
  const known = solid.known.get(colour);
  if (known) return known;
  const probe = document.createElement("i");
  probe.style.color = colour;
  within.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  solid.known.set(colour, found);
  return found;
}
solid.known = /** @type {Map<string, string>} */ (new Map());

/** The page's address with the chosen span. @param {string} id */
export function address(id) {
  const here = new URL(location.href);
  here.searchParams.set("span", id);
  return here.href;
}
