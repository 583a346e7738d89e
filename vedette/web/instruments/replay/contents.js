/** The segments of a replay: which there are, which are needed for a moment, and what they hold. */

const AT_ONCE = 6;
const RUN = 25; // segments, half of what one answer has at most
const SOON_MS = 1000;
const FAR = 50; // parts, which nobody loads for a second of the page before

/**
 * @typedef {{id: number, first_ms: number | null, last_ms: number | null, events: number,
 *   mutations: number, bytes: number, has_snapshot: boolean, is_missing: boolean}} Segment
 * @typedef {{id: number, first: number, last: number, hasSnapshot: boolean, mutations: number}} Part
 * @typedef {{event_id: string, issue: string, title: string, ms: number, url: string}} ReplayError
 */

export class Contents {
  /** In order of time. @type {Part[]} */ parts = [];
  /** From when until when nothing is there. @type {[number, number][]} */ gaps = [];
  /** @type {import('./words.js').Mark[]} */ marks = [];
  /** @type {ReplayError[]} */ errors = [];
  started = 0;
  finished = 0;
  isFinished = true;
  hasVideo = false;

  /** @param {string} src the address of `segments.json`, beside which the segments lie */
  constructor(src) {
    this.src = src;
    this.base = new URL(src, location.href);
  }

  /** Ask again what there is. Raises an Error where there is no answer. */
  async load() {
    const answer = await fetch(this.src, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    /** @type {Segment[]} */
    const segments = data.segments;
    this.parts = segments
      .filter((one) => !one.is_missing && one.first_ms !== null)
      .map((one) => ({ id: one.id, first: Number(one.first_ms), last: Number(one.last_ms), hasSnapshot: one.has_snapshot, mutations: one.mutations }))
      .sort((one, other) => one.first - other.first || one.id - other.id);
    this.gaps = gapsOf(segments);
    this.marks = data.marks;
    this.errors = data.errors;
    this.started = data.started_ms;
    this.finished = Math.max(data.finished_ms, data.started_ms + 1);
    this.isFinished = data.is_finished;
    this.hasVideo = data.video;
  }

  /** The place of the part in which a moment lies: the last that had begun. @param {number} ms */
  at(ms) {
    let place = 0;
    while (place + 1 < this.parts.length && this.parts[place + 1].first <= ms) place++;
    return place;
  }

  /** Where to begin for a moment in a part: at the last whole page before it. @param {number} place @param {number} ms */
  begin(place, ms) {
    let before = place - 1;
    while (before >= 0 && !this.parts[before].hasSnapshot) before--;
    // The whole page of a part may come after the moment, but soon after the part has begun.
    const isSure = ms - this.parts[place].first >= SOON_MS || place - before > FAR;
    return before < 0 || (this.parts[place].hasSnapshot && isSure) ? place : before;
  }

  /** The address of a segment, or of its video. @param {number} id @param {string} [what] */
  address(id, what = "") {
    return new URL(`segments/${id}/${what}`, this.base).href;
  }

  /** The texts of the parts from one place to another. @param {number} from @param {number} to */
  async texts(from, to) {
    const wanted = this.parts.slice(from, to + 1);
    /** @type {Map<number, string>} */
    const found = new Map();
    const runs = runsOf(wanted.map((one) => one.id));
    const work = async () => {
      for (let run = runs.shift(); run; run = runs.shift()) await this.fetchRun(run, found);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, runs.length) }, work));
    return wanted.map(({ id }) => ({ id, text: found.get(id) ?? "[]" }));
  }

  /** Ask for segments one after the other, again for what an answer had no room for. @param {[number, number]} run @param {Map<number, string>} found */
  async fetchRun([first, last], found) {
    while (first <= last) {
      const answer = await fetch(this.address(first, first < last ? `to/${last}/` : ""));
      const text = answer.ok ? await answer.text() : "";
      if (first === last) {
        if (answer.ok) found.set(first, text);
        return;
      }
      let read = -1;
      for (const line of text.split("\n")) {
        const space = line.indexOf(" ");
        if (space < 0) continue;
        read = Number(line.slice(0, space));
        found.set(read, line.slice(space + 1));
      }
      if (read < first) return; // nothing is there
      first = read + 1;
    }
  }
}

/** Ids that follow each other, as first and last, few enough for one question. @param {number[]} ids */
function runsOf(ids) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const id of ids) {
    const run = runs[runs.length - 1];
    if (run && id === run[1] + 1 && id - run[0] < RUN) run[1] = id;
    else runs.push([id, id]);
  }
  return runs;
}

/** The times of missing segments: between those beside them. @param {Segment[]} segments @returns {[number, number][]} */
function gapsOf(segments) {
  /** @type {[number, number][]} */
  const gaps = [];
  let before = /** @type {number | null} */ (null);
  let isOpen = false;
  for (const one of segments) {
    if (one.is_missing) isOpen = true;
    else if (one.first_ms !== null) {
      if (isOpen && before !== null) gaps.push([before, one.first_ms]);
      isOpen = false;
      before = one.last_ms;
    }
  }
  return gaps;
}
