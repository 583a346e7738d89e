/** Draws where was clicked: a soft spot for each place, warmer the more clicks lie together. */

/** @typedef {{share: number, top: number, clicks: number}} Spot */

const RADIUS = 22; // pixels of the page, about a finger
const SHADES = 256;
const MOST_OPAQUE = 0.72;
const LEAST = 0.28; // of the warmest, for a single click to be seen

/** The spots of an attribute: `share,top,clicks;…`. @param {string} text @returns {Spot[]} */
export function readSpots(text) {
  return text.split(";").filter(Boolean).map((one) => {
    const [share, top, clicks] = one.split(",").map(Number);
    return { share, top, clicks };
  }).filter((one) => Number.isFinite(one.share) && Number.isFinite(one.top) && one.clicks > 0);
}

/** Draw spots of a page of this size. @param {HTMLCanvasElement} canvas @param {Spot[]} spots @param {number} most clicks of one spot @param {number} width @param {number} height */
export function paint(canvas, spots, most, width, height) {
  const scale = Math.min(1, 2048 / Math.max(width, height / 2)); // no more pixels than are of use
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) return;
  const stamp = softSpot(RADIUS * scale);
  for (const spot of spots) {
    const warmth = LEAST + (1 - LEAST) * (most > 1 ? Math.log(spot.clicks) / Math.log(most) : 0);
    brush.globalAlpha = Math.min(1, warmth);
    brush.drawImage(stamp, spot.share * width * scale - stamp.width / 2, spot.top * scale - stamp.height / 2);
  }
  colour(brush, canvas, ramp());
}

/** A spot that fades to its edge. @param {number} radius */
function softSpot(radius) {
  const stamp = document.createElement("canvas");
  stamp.width = stamp.height = Math.max(4, Math.round(radius * 2));
  const brush = /** @type {CanvasRenderingContext2D} */ (stamp.getContext("2d"));
  const half = stamp.width / 2;
  const fade = brush.createRadialGradient(half, half, 0, half, half, half);
  fade.addColorStop(0, "rgb(0 0 0 / 1)");
  fade.addColorStop(0.5, "rgb(0 0 0 / 0.55)");
  fade.addColorStop(1, "rgb(0 0 0 / 0)");
  brush.fillStyle = fade;
  brush.fillRect(0, 0, stamp.width, stamp.height);
  return stamp;
}

/** Shades from the coldest to the warmest. */
function ramp() {
  const strip = document.createElement("canvas");
  [strip.width, strip.height] = [SHADES, 1];
  const brush = /** @type {CanvasRenderingContext2D} */ (strip.getContext("2d"));
  const style = getComputedStyle(document.documentElement);
  const fade = brush.createLinearGradient(0, 0, SHADES, 0);
  for (let at = 1; at <= 5; at++) fade.addColorStop((at - 1) / 4, style.getPropertyValue(`--heat-${at}`).trim());
  brush.fillStyle = fade;
  brush.fillRect(0, 0, SHADES, 1);
  return brush.getImageData(0, 0, SHADES, 1).data;
}

/** How opaque a pixel is becomes how warm it is. @param {CanvasRenderingContext2D} brush @param {HTMLCanvasElement} canvas @param {Uint8ClampedArray} shades */
function colour(brush, canvas, shades) {
  const held = brush.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = held;
  for (let at = 3; at < data.length; at += 4) {
    const warmth = data[at];
    if (!warmth) continue;
    data.set(shades.subarray(warmth * 4, warmth * 4 + 3), at - 3);
    data[at] = Math.round(Math.min(1, warmth / 96) * MOST_OPAQUE * 255);
  }
  brush.putImageData(held, 0, 0);
}
