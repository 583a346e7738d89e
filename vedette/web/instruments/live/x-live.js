/**
 * <x-live src="/part/?…" stream="/live/"> shows the fragment at `src` and keeps it as it is now.
 * All elements of a page share one stream; it rests while the page is hidden.
 * Emits `x-live-update` after each change.
 */

/** @type {Set<Live>} */
const shown = new Set();
/** @type {EventSource | null} */
let source = null;
let isDue = false;

class Live extends HTMLElement {
  connectedCallback() {
    shown.add(this);
    renew();
  }

  disconnectedCallback() {
    shown.delete(this);
    renew();
  }

  /** @param {string} html */
  update(html) {
    this.innerHTML = html;
    this.dispatchEvent(new CustomEvent("x-live-update", { bubbles: true }));
  }
}

/** Open the stream anew for the elements there are, once for all that came at the same time. */
function renew() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    source?.close();
    source = null;
    if (shown.size && !document.hidden) open();
  });
}

function open() {
  const elements = [...shown].slice(0, 8);
  const base = elements[0].getAttribute("stream") ?? "/live/";
  const query = new URLSearchParams(elements.map((element) => ["src", element.getAttribute("src") ?? ""]));
  const stream = new EventSource(`${base}?${query}`);
  source = stream;
  elements.forEach((element, place) => {
    stream.addEventListener(String(place), (event) => element.update(/** @type {MessageEvent} */ (event).data));
  });
  stream.addEventListener("end", () => stream.close());
}

document.addEventListener("visibilitychange", renew);
customElements.define("x-live", Live);
