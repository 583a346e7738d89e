/**
 * Plays what a browser recorded: brings the segments to the frame as they are needed, from the
 * last whole page before the wanted moment on, and the next ones ahead of time.
 */
import { Stage } from "./stage.js";

const AHEAD_MS = 15_000; // of what is seen, at the speed at which it is seen
const AT_ONCE = 8; // parts that are added together
const GAP_MS = 10_000; // beyond which a time without recording is passed over

/**
 * @typedef {import('./contents.js').Contents} Contents
 * @typedef {import('./told.js').Read} Read
 * @typedef {{
 *   time: (ms: number) => void, state: (state: "loading" | "shown" | "waiting" | "ended" | "blank" | "broken") => void,
 *   read: (read: Read) => void, skipped: () => void,
 * }} Listener
 * @typedef {{seek: (ms: number, plays: boolean) => void, set: (order: {speed?: number, skips?: boolean}) => void, grown: () => void, close: () => void}} Screen
 */

/** @implements {Screen} */
export class Recording {
  /** The segments that the frame has. @type {number[]} */ held = [];
  /** The places of the first and last of them; none while last is before first. */
  from = 0;
  to = -1;
  now = 0;
  plays = false;
  skips = false;
  speed = 1;
  isAtEnd = false;
  isBringing = false;
  asked = 0; // how often a moment was: what was loaded for another is of no use any more
  /** @type {Promise<void> | null} */ appending = null;

  /** @param {HTMLElement} holder @param {Contents} contents @param {string} frame @param {Listener} listener */
  constructor(holder, contents, frame, listener) {
    this.contents = contents;
    this.listener = listener;
    this.stage = new Stage(holder, frame, (told) => this.hear(told));
  }

  close() {
    this.asked++;
    this.stage.close();
  }

  /** @param {number} ms since 1970 @param {boolean} plays */
  async seek(ms, plays) {
    this.plays = plays;
    this.now = ms;
    this.isAtEnd = false;
    const asked = ++this.asked;
    if (!this.contents.parts.length) return this.listener.state("blank");
    await this.appending;
    if (asked !== this.asked) return;
    const place = this.contents.at(ms);
    this.isBringing = false;
    if (this.from <= place && place <= this.to) return this.go(ms, plays);
    await this.bring(ms, place, asked);
  }

  /** Load what a moment needs: what follows on what is there, or all from a whole page on. @param {number} ms @param {number} place @param {number} asked */
  async bring(ms, place, asked) {
    const begin = this.contents.begin(place, ms);
    const follows = this.from <= this.to && this.from <= place && begin <= this.to + 1;
    this.listener.state("loading");
    this.stage.send({ order: "hold" });
    this.isBringing = true; // what the frame still tells is of another moment
    const segments = await this.texts(follows ? this.to + 1 : begin, place);
    if (asked !== this.asked || !segments) return;
    this.isBringing = false;
    this.holds(segments, follows);
    if (!follows) this.stage.send({ order: "open", segments, at: ms, plays: this.plays });
    else this.stage.send({ order: "add", segments });
    this.go(ms, this.plays);
  }

  /** @param {number} ms @param {boolean} plays */
  go(ms, plays) {
    this.stage.send({ order: plays ? "play" : "pause", at: ms });
    this.listener.state("shown");
    this.prepare();
  }

  /** @param {{speed?: number, skips?: boolean}} order */
  set(order) {
    this.speed = order.speed ?? this.speed;
    this.skips = order.skips ?? this.skips;
    this.stage.send({ order: "set", ...order });
  }

  /** More has come in since: go on with it where its end was waited for. */
  grown() {
    if (!this.held.length || !this.place()) {
      this.held = []; // a part that came late belongs in between
      [this.from, this.to] = [0, -1];
      void this.seek(this.now, this.plays);
    } else if (this.isAtEnd && this.plays) void this.more(this.now);
  }

  /** Load the next parts if the frame will soon want them. */
  prepare() {
    const last = this.contents.parts[this.to];
    if (last && last.last - this.now <= AHEAD_MS * this.speed) this.append();
  }

  /** Bring the next parts, if there are any. @returns {Promise<void>} */
  append() {
    this.appending ??= this.bringNext().finally(() => { this.appending = null; });
    return this.appending;
  }

  async bringNext() {
    const first = this.to + 1;
    const last = Math.min(this.to + AT_ONCE, this.contents.parts.length - 1);
    const { held } = this;
    const segments = first <= last ? await this.texts(first, last) : null;
    if (!segments || held !== this.held) return;
    this.stage.send({ order: "add", segments });
    this.holds(segments, true);
  }

  /** Note what the frame has. @param {{id: number}[]} segments @param {boolean} follows on what it had */
  holds(segments, follows) {
    const ids = segments.map((one) => one.id);
    this.held = follows ? [...this.held, ...ids] : ids;
    this.place();
  }

  /** Find the places of what the frame has; false where something else has come in between. */
  place() {
    const place = (/** @type {number | undefined} */ id) => this.contents.parts.findIndex((one) => one.id === id);
    this.from = place(this.held[0]);
    this.to = place(this.held[this.held.length - 1]);
    return this.to - this.from + 1 === this.held.length;
  }

  /** The frame has come to the end of what it has. @param {number} ms */
  async more(ms) {
    this.isAtEnd = true;
    const asked = this.asked;
    const before = this.to;
    if (before + 1 >= this.contents.parts.length) return this.listener.state(this.contents.isFinished ? "ended" : "waiting");
    this.listener.state("loading");
    await this.append();
    if (asked !== this.asked || this.to === before) return;
    this.isAtEnd = false;
    const next = this.contents.parts[before + 1].first;
    const isPassed = this.skips && next - ms > GAP_MS;
    if (isPassed) this.listener.skipped();
    this.go(isPassed ? next : ms, true);
  }

  /** @param {import('./told.js').Told} told */
  hear(told) {
    if (this.isBringing && told.is !== "read") return;
    if (told.is === "time") {
      this.now = told.ms;
      this.listener.time(told.ms);
      if (this.plays && !this.isAtEnd) this.prepare();
    } else if (told.is === "end") {
      if (!this.plays || this.isAtEnd) return;
      // What was added while the frame came to its end, it goes on with.
      if (told.segment !== this.contents.parts[this.to]?.id) this.go(told.ms, true);
      else void this.more(told.ms);
    } else if (told.is === "read") this.listener.read(told.read);
    else if (told.is === "skipped") this.listener.skipped();
    else if (told.is === "blank") this.listener.state("blank");
    else if (told.is === "failed" || told.is === "broken") this.listener.state("broken");
  }

  /** @param {number} from @param {number} to */
  async texts(from, to) {
    try {
      return await this.contents.texts(from, to);
    } catch {
      this.listener.state("broken");
      return null;
    }
  }
}
