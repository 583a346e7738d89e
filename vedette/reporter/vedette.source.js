// @ts-check
/**
 * The reporter for pages of others: errors, rejections, resources that do not load, peer
 * connections that fail. It sends Sentry envelopes, limits itself, and never throws.
 *
 * `tools/reporter` makes vedette.js of it; see docs/reporter.md.
 */
(() => {
  const MOST_A_MINUTE = 10, MOST_WAITING = 20, STORE = "vedette", MINUTE = 6e4, AGAIN = 15e3;
  /** @type {any} */
  const page = window;
  if (page.vedette) return;
  /** @type {any} */
  let options = {};
  /** @type {string[]} */
  let waiting = [];
  /** When each was reported last, of the last minute. @type {Record<string, number>} */
  const seen = {};
  let sid = "", url = "", isSending = 0, isWatching = 0;

  const id = () => [...crypto.getRandomValues(new Uint16Array(8))].map((one) => (one + 65536).toString(16).slice(1)).join("");

  /** A function that swallows what goes wrong in it: the page must not notice us. @param {any} work */
  const safe = (work) => (/** @type {any[]} */ ...given) => {
    try { work(...given); } catch { /* the page comes first */ }
  };

  /** What waits outlives the page: what was on its way is sent again, under the same id. */
  const keep = safe(() => sessionStorage.setItem(STORE, JSON.stringify([sid, waiting])));

  const send = safe(() => {
    const body = waiting[0];
    if (!url || !body || isSending) return;
    isSending = 1;
    /** @param {any} [answer] */
    const after = (answer) => {
      isSending = 0;
      const isTaken = answer && answer.status < 500;
      if (isTaken) waiting = waiting.filter((one) => one != body);
      keep();
      setTimeout(send, isTaken ? 0 : AGAIN);
    };
    fetch(url, { method: "POST", body, keepalive: true }).then(after, () => after());
  });

  /** @param {any} error */
  const frames = (error) => [...("" + error.stack).matchAll(/^\s*(?:at )?(?:(.*?)(?: \(|@))?(\S+?):(\d+):(\d+)\)?$/gm)]
    .slice(0, 30).reverse()
    .map(([, name, filename, line, column]) => ({ function: name, filename, lineno: +line, colno: +column}));

  const report = safe((/** @type {string} */ type, /** @type {any} */ value, /** @type {any} */ error, /** @type {any} */ tags, /** @type {any} */ mechanism) => {
    const now = Date.now(), stack = frames(error), key = type + value + JSON.stringify(stack.at(-1));
    for (const one in seen) if (seen[one] < now - MINUTE) delete seen[one];
    if (seen[key] || Object.keys(seen).length >= MOST_A_MINUTE) return;
    seen[key] = now;
    const event = {
      timestamp: now / 1e3, platform: "javascript",
      release: options.release, environment: options.environment,
      sdk: { name: "vedette.js" },
      request: { url: location.origin, headers: { "User-Agent": navigator.userAgent } },
      tags: { ...options.tags, session: sid, room: options.room, call: options.call, ...tags },
      exception: { values: [{ type, value: "" + value, mechanism: { type: mechanism, handled: false }, stacktrace: { frames: stack } }] },
    };
    waiting.push([{ event_id: id(), dsn: options.dsn }, { type: "event" }, event].map((one) => JSON.stringify(one)).join("\n"));
    waiting = waiting.slice(-MOST_WAITING);
    keep();
    send();
  });

  const capture = safe((/** @type {any} */ error, /** @type {any} */ tags, mechanism = "generic") =>
    error instanceof Error ? report(error.name, error.message, error, tags, mechanism) : report("Error", error, {}, tags, mechanism));

  const watch = safe((/** @type {RTCPeerConnection} */ connection) => {
    let isTold = 0;
    const look = safe(() => {
      const state = connection.connectionState, ice = connection.iceConnectionState;
      if (isTold || !(state + ice).includes("failed")) return;
      isTold = 1;
      const types = (/** @type {RTCSessionDescription | null} */ side) =>
        [...new Set((side ? side.sdp : "").match(/typ \w+/g))].join(", ");
      report("RTCPeerConnection", "failed", {}, {
        "rtc.state": state, "rtc.ice": ice,
        "rtc.local": types(connection.localDescription), "rtc.remote": types(connection.remoteDescription),
      }, "rtc");
    });
    for (const name of ["", "ice"]) connection.addEventListener(name + "connectionstatechange", look);
  });

  const init = safe((/** @type {any} */ given) => {
    options = { ...options, ...given };
    const dsn = /^(.+?:\/\/)(\w+)@(.+)\/(\d+)$/.exec(options.dsn);
    if (dsn) url = options.tunnel || `${dsn[1]}${dsn[3]}/api/${dsn[4]}/envelope/?sentry_key=${dsn[2]}`;
    if ("rtc" in options && !isWatching) {
      isWatching = 1;
      page.RTCPeerConnection = new Proxy(page.RTCPeerConnection, {
        construct: (target, values, self) => {
          const made = Reflect.construct(target, values, self);
          watch(made);
          return made;
        },
      });
    }
    send();
  });

  safe(() => { [sid, waiting] = JSON.parse(sessionStorage.getItem(STORE) || "") ; })();
  if (!sid) { sid = id(); waiting = []; }
  keep();

  const how = { capture: true, passive: true };
  addEventListener("error", safe((/** @type {any} */ event) => {
    const from = event.target;
    if (from.tagName) {
      const address = ("" + (from.src || from.href)).split(/[?#]/)[0];
      report("ResourceError", from.tagName + " " + address, {}, {}, "resource");
    } else capture(event.error || event.message, {}, "onerror");
  }), how);
  addEventListener("unhandledrejection", safe((/** @type {any} */ event) => capture(event.reason, {}, "onunhandledrejection")), how);
  page.vedette = { init, capture, watch };
  const tag = document.currentScript;
  if (tag && tag.dataset.dsn) init({ ...tag.dataset });
})();
