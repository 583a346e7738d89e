/** A page as high as all that is on it, as if its window were: for what is drawn over the whole of it. */

const MOST_HIGH = 8000;
const OF_THE_WINDOW = /(-?[\d.]{1,16})[sld]?vh\b/gi; // digits without end would take minutes

/** Make the frame as high as its page, and say how high. What is measured by the window stays as it was. @param {HTMLIFrameElement} frame @param {number} height of the window */
export function flatten(frame, height) {
  const page = frame.contentDocument;
  if (!page?.documentElement) return height;
  for (const sheet of page.styleSheets) settle(sheet, height);
  for (const one of page.querySelectorAll("[style*='vh']")) measured(/** @type {HTMLElement} */ (one).style, height);
  page.documentElement.scrollTop = 0;
  const whole = Math.max(height, page.documentElement.scrollHeight, page.body?.scrollHeight ?? 0);
  const high = Math.min(whole, MOST_HIGH);
  frame.setAttribute("height", String(high));
  frame.style.height = `${high}px`;
  return high;
}

/** @param {CSSStyleSheet | CSSGroupingRule} held @param {number} height */
function settle(held, height) {
  for (const rule of held.cssRules) {
    if (/** @type {any} */ (rule).style) measured(/** @type {CSSStyleRule} */ (rule).style, height);
    if (/** @type {any} */ (rule).cssRules) settle(/** @type {CSSGroupingRule} */ (rule), height);
  }
}

/** Lengths that are shares of the window's height as pixels. @param {CSSStyleDeclaration} style @param {number} height */
function measured(style, height) {
  if (!style.cssText.includes("vh")) return;
  for (const name of [...style]) {
    const value = style.getPropertyValue(name);
    if (!value.includes("vh")) continue;
    const pixels = value.replace(OF_THE_WINDOW, (_, number) => `${(Number(number) * height) / 100}px`);
    style.setProperty(name, pixels, style.getPropertyPriority(name));
  }
}
