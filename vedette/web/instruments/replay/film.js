/** Plays the videos of a mobile replay, one segment after another, as one. */

/** @typedef {import('./contents.js').Contents} Contents */
/** @typedef {import('./recording.js').Listener} Listener */
/** @typedef {import('./recording.js').Screen} Screen */

/** @implements {Screen} */
export class Film {
  place = -1;
  plays = false;
  speed = 1;
  begins = 0;

  /** @param {HTMLElement} holder @param {Contents} contents @param {Listener} listener */
  constructor(holder, contents, listener) {
    this.contents = contents;
    this.listener = listener;
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.preload = "auto";
    this.video.tabIndex = -1;
    this.video.addEventListener("loadedmetadata", () => this.begin());
    this.video.addEventListener("timeupdate", () => this.tick());
    this.video.addEventListener("ended", () => this.more());
    this.video.addEventListener("error", () => this.listener.state("broken"));
    holder.append(this.video);
  }

  close() {
    this.video.remove();
  }

  /** @param {number} ms @param {boolean} plays */
  seek(ms, plays) {
    this.plays = plays;
    const place = this.contents.at(ms);
    const part = this.contents.parts[place];
    if (!part) return this.listener.state("blank");
    this.begins = Math.max(0, ms - part.first) / 1000;
    if (place === this.place && this.video.readyState > 0) return this.begin();
    this.place = place;
    this.listener.state("loading");
    this.video.src = this.contents.address(part.id, "video/");
  }

  /** @param {{speed?: number}} order */
  set({ speed }) {
    this.speed = speed ?? this.speed;
    this.video.playbackRate = this.speed;
  }

  grown() {
    if (this.plays && this.video.ended) this.more();
  }

  begin() {
    this.holderRatio();
    this.video.playbackRate = this.speed;
    this.video.currentTime = Math.min(this.begins, this.video.duration || this.begins);
    this.listener.state("shown");
    if (this.plays) this.video.play().catch(() => this.listener.state("broken"));
    else this.video.pause();
    this.tick();
  }

  holderRatio() {
    const { videoWidth, videoHeight, parentElement } = this.video;
    if (videoWidth) parentElement?.style.setProperty("--ratio", `${videoWidth} / ${videoHeight}`);
  }

  tick() {
    const part = this.contents.parts[this.place];
    if (part) this.listener.time(Math.min(part.first + this.video.currentTime * 1000, Math.max(part.last, part.first)));
  }

  more() {
    const next = this.contents.parts[this.place + 1];
    if (next) return this.seek(next.first, this.plays);
    // A film may be a little shorter than what it is of.
    this.listener.time(this.contents.parts[this.place]?.last ?? this.contents.finished);
    this.listener.state(this.contents.isFinished ? "ended" : "waiting");
  }
}
