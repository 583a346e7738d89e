/**
 * <x-replay src frame at> plays a session replay: picture, line of time, controls, panels.
 *
 * `src` answers with the JSON of `pages/replays/page.py`, beside which the segments lie; `frame` is
 * the address of the page in which recordings are shown, `at` the moment to begin with, in
 * milliseconds since the beginning. Elements within that have `data-panel` become panels; what
 * else stands inside is shown until the data is there.
 */
import { Contents } from "./contents.js";
import { Film } from "./film.js";
import { Recording } from "./recording.js";
import { Side } from "./side.js";
import { Timeline } from "./timeline.js";
import { KINDS, clock } from "./words.js";

const SPEEDS = [1, 2, 4, 8, 16];
const STEP_MS = 5000;
const POLL_MS = 5000;
const SHOWN_MS = 1600;
const WORDS = /** @type {Record<string, string>} */ ({
  loading: "Loading …",
  shown: "",
  waiting: "Still being recorded: it goes on as soon as more has come.",
  ended: "",
  blank: "The beginning of this recording is missing: there is no picture until a whole page was recorded again.",
  broken: "A part of this recording cannot be shown.",
});
const PLAY = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M7 4l13 8-13 8z" fill="currentColor"/></svg>';
const PAUSE = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 4h4v16H6zM14 4h4v16h-4z" fill="currentColor"/></svg>';
const KEYS = [
  ["Space", "Play or pause"], ["← →", "5 seconds back or on"], [", .", "To the mark before or after"], ["< >", "Slower or faster"],
  ["m", "Skip inactivity or not"], ["f", "Full screen"], ["?", "This list"],
];

class Replay extends HTMLElement {
  plays = false;
  speed = 1;
  skips = true;
  now = 0;
  state = "loading";
  timer = 0;
  /** The addresses that recordings name, and those that marks name. @type {[number, string][]} */ pages = [];
  /** @type {[number, string][]} */ named = [];
  /** @type {import('./recording.js').Screen | null} */ screen = null;
  /** @type {Side | null} */ side = null;
  /** @param {KeyboardEvent} event */
  onKey = (event) => this.press(event);

  async connectedCallback() {
    if (this.screen) return;
    this.contents = new Contents(this.getAttribute("src") ?? "");
    try {
      await this.contents.load();
    } catch {
      return; // what stands inside is read instead
    }
    if (this.isConnected) this.build(this.contents);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey, true);
    clearInterval(this.timer);
    this.screen?.close();
    this.screen = null;
  }

  /** @param {Contents} contents */
  build(contents) {
    const extra = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-panel]")]);
    this.innerHTML = `
      <div class="replay">
        <div class="replay-main">
          <div class="replay-address"><span class="mono clip" data-url></span></div>
          <div class="replay-stage" data-stage><p class="replay-note" data-note role="status" hidden></p></div>
          <div class="rt" data-line role="slider" tabindex="0" aria-label="Moment of the replay" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"></div>
          <div class="replay-controls">
            <button class="button primary square" type="button" data-do="play" aria-label="Play" title="Play or pause (space)">${PLAY}</button>
            <span class="replay-time" data-time></span>
            <label class="replay-speed"><span class="sr">Speed</span><select class="input" data-speed>${SPEEDS.map((one) => `<option value="${one}">${one}×</option>`).join("")}</select></label>
            <button class="button" type="button" data-do="skip" aria-pressed="true" title="Skip inactivity (m)">Skip inactivity</button>
            <span class="replay-space"></span>
            <button class="button" type="button" data-do="copy" title="A link that opens the replay at this moment">Copy link at this moment</button>
            <button class="button square" type="button" data-do="keys" aria-label="Keys of the player" title="Keys of the player (?)">?</button>
            <button class="button" type="button" data-do="full" title="Full screen (f)">Full screen</button>
          </div>
        </div>
        <div class="replay-side" data-side></div>
        <dialog class="replay-keys" aria-labelledby="replay-keys"><div class="card-head"><h2 id="replay-keys">Keys of the player</h2><form method="dialog"><button class="button quiet">Close</button></form></div><dl class="keys">${KEYS.map(([key, words]) => `<div><dt>${key.split(" ").map((one) => `<kbd>${one.replace("<", "&lt;")}</kbd>`).join(" ")}</dt><dd>${words}</dd></div>`).join("")}</dl></dialog>
      </div>`;
    this.line = new Timeline(this.find("[data-line]"), (ms) => this.seek(contents.started + ms));
    this.side = new Side(this.find("[data-side]"), contents, extra, (ms) => this.seek(ms));
    const holder = this.find("[data-stage]");
    /** @type {import('./recording.js').Listener} */
    const listener = {
      time: (ms) => this.move(ms),
      state: (state) => this.become(state),
      read: (read) => this.know(read),
      skipped: () => this.say("Skipped a time without activity.", true),
    };
    this.screen = contents.hasVideo ? new Film(holder, contents, listener) : new Recording(holder, contents, this.getAttribute("frame") ?? "", listener);
    this.screen.set({ speed: this.speed, skips: this.skips });
    this.addEventListener("click", (event) => this.act(/** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-do]"))?.dataset.do ?? ""));
    this.select.addEventListener("change", () => this.setSpeed(Number(this.select.value)));
    document.addEventListener("keydown", this.onKey, true);
    this.show(contents);
    this.seek(contents.started + Number(this.getAttribute("at") || 0), false);
    if (!contents.isFinished) this.timer = window.setInterval(() => this.poll(contents), POLL_MS);
    this.setAttribute("data-ready", "");
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  get select() {
    return /** @type {HTMLSelectElement} */ (this.find("[data-speed]"));
  }

  /** What there is by now. @param {Contents} contents */
  show(contents) {
    this.named = contents.marks.filter((one) => one.kind === "navigation").map((one) => [one.ms, one.label]);
    this.line?.show(contents);
    this.side?.show();
  }

  /** A replay that is still being recorded grows. @param {Contents} contents */
  async poll(contents) {
    try {
      await contents.load();
    } catch {
      return; // the next time, perhaps
    }
    this.show(contents);
    this.move(this.now);
    if (contents.isFinished) clearInterval(this.timer);
    this.screen?.grown();
  }

  /** @param {number} ms since 1970 @param {boolean} [plays] */
  seek(ms, plays = this.plays) {
    const { started, finished } = /** @type {Contents} */ (this.contents);
    const at = Math.min(Math.max(ms, started), finished);
    this.plays = plays;
    this.move(at);
    this.screen?.seek(at, plays);
    this.draw();
  }

  /** @param {number} ms */
  move(ms) {
    this.now = ms;
    const { started, finished } = /** @type {Contents} */ (this.contents);
    this.line?.move(ms);
    this.side?.move(ms);
    const words = `${clock(ms - started)} / ${clock(finished - started)}`;
    if (this.find("[data-time]").textContent !== words) this.find("[data-time]").textContent = words;
    this.find("[data-url]").textContent = this.address(ms);
  }

  /** The address that was open at a moment. @param {number} ms */
  address(ms) {
    let found = "";
    let at = -1;
    for (const [when, label] of [...this.pages, ...this.named]) if (when <= ms + 1 && when >= at && label) [at, found] = [when, label];
    return found || this.pages[0]?.[1] || this.named[0]?.[1] || "";
  }

  /** @param {import('./told.js').Read} read */
  know(read) {
    this.side?.know(read);
    this.pages.push(...read.pages);
    this.move(this.now);
  }

  /** @param {string} state */
  become(state) {
    this.state = state;
    if (state === "ended") this.plays = false;
    this.say(WORDS[state] ?? "");
    this.find("[data-stage]").dataset.state = state;
    this.draw();
  }

  /** @param {string} words @param {boolean} [isShort] gone by itself */
  say(words, isShort = false) {
    const note = this.find("[data-note]");
    note.textContent = words;
    note.hidden = !words;
    if (isShort) setTimeout(() => { if (note.textContent === words) note.hidden = true; }, SHOWN_MS);
  }

  draw() {
    const play = this.find('[data-do="play"]');
    const label = this.plays ? "Pause" : "Play";
    if (play.getAttribute("aria-label") !== label) {
      play.setAttribute("aria-label", label);
      play.innerHTML = this.plays ? PAUSE : PLAY;
    }
    this.select.value = String(this.speed);
    this.find('[data-do="skip"]').setAttribute("aria-pressed", String(this.skips));
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.screen?.set({ speed });
    this.draw();
  }

  /** @param {string} what */
  act(what) {
    if (what === "play") this.toggle();
    else if (what === "skip") {
      this.skips = !this.skips;
      this.screen?.set({ skips: this.skips });
      this.draw();
    } else if (what === "copy") this.copy();
    else if (what === "full") this.full();
    else if (what === "keys") /** @type {HTMLDialogElement} */ (this.find("dialog")).showModal();
  }

  toggle() {
    const { started, finished } = /** @type {Contents} */ (this.contents);
    const isOver = !this.plays && this.now >= finished - 50;
    this.seek(isOver ? started : this.now, !this.plays);
  }

  async copy() {
    const link = new URL(location.href);
    link.searchParams.set("t", String(Math.round(this.now - /** @type {Contents} */ (this.contents).started)));
    history.replaceState(history.state, "", link);
    const button = this.find('[data-do="copy"]');
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(link.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "It is in the address bar";
    }
    setTimeout(() => { button.textContent = words; }, SHOWN_MS);
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.find(".replay").requestFullscreen().catch(() => this.say("The browser does not allow full screen here.", true));
  }

  /** To the next mark in a direction. @param {number} step */
  toMark(step) {
    const marks = /** @type {Contents} */ (this.contents).marks.filter((one) => one.kind in KINDS && one.kind !== "memory");
    const ordered = step > 0 ? marks : [...marks].reverse();
    const next = ordered.find((one) => (one.ms - this.now) * step > 50);
    if (next) this.seek(next.ms);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.metaKey || event.ctrlKey || event.altKey || target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (event.key === " " && target.matches("button, a, summary")) return;
    if (event.key.startsWith("Arrow") && target.getAttribute("role") === "tab") return;
    const place = SPEEDS.indexOf(this.speed);
    const { started, finished } = /** @type {Contents} */ (this.contents);
    const acts = /** @type {Record<string, () => void>} */ ({
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.now - STEP_MS),
      ArrowRight: () => this.seek(this.now + STEP_MS),
      Home: () => this.seek(started),
      End: () => this.seek(finished),
      ",": () => this.toMark(-1),
      ".": () => this.toMark(1),
      "<": () => this.setSpeed(SPEEDS[Math.max(0, place - 1)]),
      ">": () => this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, place + 1)]),
      f: () => this.full(),
      m: () => this.act("skip"),
      "?": () => this.act("keys"),
    });
    const act = acts[event.key];
    if (!act || ((event.key === "Home" || event.key === "End") && !target.closest("[data-line]"))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}

customElements.define("x-replay", Replay);
