/**
 * <x-push key="…" worker="/push-worker.js" scope="/"> holds a form. Where the browser can be pushed
 * to, it shows a button that asks for permission, subscribes and sends the form with the fields
 * `endpoint`, `public`, `secret` and `label`. Where it cannot, it says why.
 */
class Push extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    const why = this.obstacle();
    if (why) {
      this.say(why);
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.subscribe(form);
    });
  }

  /** Why this browser cannot be pushed to; empty if it can. */
  obstacle() {
    if (!isSecureContext) return "Browsers take push messages only over https.";
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
      return "This browser knows no push messages. On an iPhone, add the page to the home screen.";
    }
    if (Notification.permission === "denied") {
      return "Notifications of this page are blocked in the settings of this browser.";
    }
    return "";
  }

  /** @param {HTMLFormElement} form */
  async subscribe(form) {
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        throw new Error("Without permission nothing can be shown.");
      }
      const held = await this.held();
      const keys = held.toJSON().keys ?? {};
      this.fill(form, {
        endpoint: held.endpoint,
        public: keys.p256dh ?? "",
        secret: keys.auth ?? "",
        label: browserName(),
      });
      form.submit();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      if (button) button.disabled = false;
    }
  }

  /** The browser's subscription, made with the installation's key. */
  async held() {
    const worker = this.getAttribute("worker") ?? "";
    const scope = this.getAttribute("scope") ?? "/";
    await navigator.serviceWorker.register(worker, { scope });
    const registration = await navigator.serviceWorker.ready;
    const known = await registration.pushManager.getSubscription();
    const key = bytesOf(this.getAttribute("key") ?? "");
    if (known) {
      const theirs = known.options.applicationServerKey;
      if (theirs && sameBytes(new Uint8Array(theirs), key)) return known;
      await known.unsubscribe();
    }
    return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }

  /**
   * @param {HTMLFormElement} form
   * @param {Record<string, string>} values
   */
  fill(form, values) {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
  }

  /** @param {string} words */
  say(words) {
    const place = this.querySelector("[data-said]");
    if (place) place.textContent = words;
  }
}

/** @param {string} text */
function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
function sameBytes(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** "Firefox on Linux", as far as the browser says. */
function browserName() {
  const agent = navigator.userAgent;
  const browser = ["Firefox", "Edg", "OPR", "Chrome", "Safari"].find((name) => agent.includes(name));
  const names = /** @type {Record<string, string>} */ ({ Edg: "Edge", OPR: "Opera" });
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name));
  const known = browser ? names[browser] ?? browser : "A browser";
  return system ? `${known} on ${system}` : known;
}

customElements.define("x-push", Push);
