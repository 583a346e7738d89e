// @ts-check
/**
 * The reporter for pages of others: errors, rejections, resources that do not load, peer
 * connections that fail. It sends Sentry envelopes, limits itself, and never throws.
 *
 * `tools/reporter` makes vedette.js of it; see docs/reporter.md.
 */
(() => {
  const LAST_OF_A_MINUTE = 9, MOST_WAITING = 20, STORE = "vedette", MINUTE = 6e4, AGAIN = 15e3, MOST_AGAIN = 24e4, MOST_TEXT = 1e3, MOST_STACK = 5e3;
  /** @type {any} */
  const page = window;
  if (page.vedette?.init) return; // an element of this id is none
  /** @type {any} */
  let options = {};
  /** @type {string[]} */
  let waiting;
  /** What was reported in the last minute. @type {Record<string, number>} */
  const seen = {};
  let sid = "", url = "";
  /** @type {any} */ let here;
  /** @type {any} */ let isSending;
  /** @type {any} */ let isWatching;
  /** @type {any} */ let pause; // after what could not be sent, in milliseconds

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
    /** @param {any} answer or why there is none */
    const after = (answer) => {
      const isTaken = answer?.status < 500;
      if (isTaken) waiting = waiting.filter((one) => one != body);
      keep();
      // Where a policy forbids it, every try is a line in the page's console.
      pause = isTaken ? 0 : pause * 2 || AGAIN;
      setTimeout(() => { isSending = 0; send(); }, Math.min(pause, MOST_AGAIN));
    };
    fetch(url, { method: "POST", body, keepalive: true, referrerPolicy: "origin" }).then(after, after);
    isSending = 1;
  });

  /** An address without its query, the page's without its path, data without what they hold. @param {any} address */
  const bare = (address) => {
    address = /** @type {any} */ (/^data:[^,]*|^[^?#]*/.exec(address))[0];
    return address == here ? location.origin : address;
  };
  here = bare(location.href);

  /** The message stands in a stack as well, and may be long. @param {any} error */
  const frames = (error) => [...("" + error.stack).replace(error.message, "").slice(0, MOST_STACK).matchAll(/^ *(?:at )?(?:(.*?)(?: \(|@))?(\S+?):(\d+):(\d+)\)?$/gm)]
    .slice(0, 30).reverse()
    .map(([, name, file, line, column]) => ({ function: name, filename: bare(file), lineno: +line, colno: +column}));

  const report = safe((/** @type {string} */ type, /** @type {any} */ value, /** @type {any} */ error, /** @type {any} */ tags, /** @type {any} */ mechanism) => {
    value = ("" + value).slice(0, MOST_TEXT);
    const stack = frames(error), key = type + value + JSON.stringify(stack.at(-1));
    if (seen[key] || Object.keys(seen)[LAST_OF_A_MINUTE]) return;
    seen[key] = 1;
    setTimeout(() => delete seen[key], MINUTE);
    const event = {
      timestamp: Date.now() / 1e3, platform: "javascript",
      release: options.release, environment: options.environment,
      sdk: { name: "vedette.js" },
      request: { url: location.origin, headers: { "User-Agent": navigator.userAgent } },
      tags: { ...options.tags, session: sid, room: options.room, call: options.call, ...tags },
      exception: { values: [{ type, value, mechanism: { type: mechanism, handled: false }, stacktrace: { frames: stack } }] },
    };
    waiting = [...waiting, [{ event_id: id(), dsn: options.dsn }, { type: "event" }, event].map((one) => JSON.stringify(one)).join("\n")].slice(-MOST_WAITING);
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
        [...new Set(side?.sdp.match(/typ \w+/g))].join(", ");
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

  safe(() => { [sid, waiting] = JSON.parse(/** @type {any} */ (sessionStorage.getItem(STORE))); })();
  // @ts-ignore what somebody else put there is none
  if (!waiting?.map) { sid = id(); waiting = []; }
  keep();

  addEventListener("error", safe((/** @type {any} */ event) => {
    const from = event.target;
    if (from.tagName) {
      report("ResourceError", from.tagName + " " + bare(from.src || from.href), {}, {}, "resource");
    } else capture(event.error || event.message, {}, "onerror");
  }), true);
  addEventListener("unhandledrejection", safe((/** @type {any} */ event) => capture(event.reason, {}, "onunhandledrejection")), true);
  page.vedette = { init, capture, watch };
  const tag = document.currentScript;
  if (tag?.dataset.dsn) init({ ...tag.dataset });
})();
