/** Some seconds of a replay, played fast beside its poster; for who wants no motion, its picture. */
import { momentAt } from "../replay/gallery.js";
import { Stage } from "../replay/stage.js";

const SPEED = 4;
const LASTS_MS = 24_000; // of the recording
const BESIDE = 12; // pixels
const CALM = "(prefers-reduced-motion: reduce)";

export class Preview {
  /** @type {HTMLElement | null} */ element = null;
  /** @type {Stage | null} */ stage = null;
  /** @type {HTMLVideoElement | null} */ video = null;
  asked = 0;
  begins = 0;
  ends = 0;

  /** @param {string} player the address of the frame in which recordings play */
  constructor(player) {
    this.player = player;
  }

  close() {
    this.asked++;
    this.stage?.close();
    this.element?.remove();
    this.element = null;
  }

  /** @param {HTMLElement} poster */
  async show(poster) {
    const asked = ++this.asked;
    const address = new URL(poster.dataset.still ?? "", location.href);
    address.searchParams.set("lasts", String(LASTS_MS));
    const moment = await momentAt(address.href).catch(() => null);
    if (asked !== this.asked || !moment || moment.kind === "none" || !poster.isConnected) return;
    const element = this.build();
    this.put(element, poster);
    if (moment.kind === "video") this.film(`${poster.dataset.film}${moment.segment}/video/`);
    else this.play(moment);
  }

  hide() {
    this.asked++;
    if (!this.element) return;
    this.element.hidePopover();
    this.stage?.send({ order: "hold" });
    this.video?.pause();
  }

  build() {
    if (this.element) return this.element;
    this.element = document.createElement("div");
    this.element.className = "poster-preview";
    this.element.popover = "manual";
    this.element.setAttribute("aria-hidden", "true"); // the link says where it leads
    this.element.innerHTML = '<div class="poster-stage"></div><div class="poster-passed"></div><p class="poster-words"><span data-words></span></p>';
    document.body.append(this.element);
    return this.element;
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.element?.querySelector(selector));
  }

  /** Beside the poster, where there is room. @param {HTMLElement} element @param {HTMLElement} poster */
  put(element, poster) {
    element.showPopover();
    const [box, size] = [poster.getBoundingClientRect(), element.getBoundingClientRect()];
    const right = box.right + BESIDE;
    const left = right + size.width <= innerWidth ? right : Math.max(0, innerWidth - size.width - BESIDE);
    const top = Math.min(Math.max(BESIDE, box.top + box.height / 2 - size.height / 2), innerHeight - size.height - BESIDE);
    Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
  }

  /** @param {import('../replay/gallery.js').Moment} moment */
  play(moment) {
    this.video?.remove();
    this.video = null;
    const isCalm = matchMedia(CALM).matches;
    [this.begins, this.ends] = [moment.at, moment.at + LASTS_MS];
    this.say(isCalm ? "The page as it was" : `${SPEED}× as fast`);
    this.stage ??= new Stage(this.find(".poster-stage"), this.player, (told) => this.hear(told));
    this.stage.frame.hidden = false;
    this.stage.send({ order: "set", speed: SPEED, skips: true });
    this.stage.send({ order: "open", segments: [{ id: 0, text: moment.text }], at: moment.at, plays: !isCalm });
  }

  /** @param {string} address of a video */
  film(address) {
    if (this.stage) this.stage.frame.hidden = true;
    const isCalm = matchMedia(CALM).matches;
    this.video?.remove();
    this.video = document.createElement("video");
    this.video.muted = this.video.playsInline = true;
    this.video.src = isCalm ? `${address}#t=0.1` : address;
    this.video.playbackRate = SPEED / 2;
    this.find(".poster-stage").append(this.video);
    this.say(isCalm ? "The screen as it was" : "The first segment");
    if (!isCalm) this.video.play().catch(() => this.say("This video cannot be shown"));
  }

  /** @param {import('../replay/told.js').Told} told */
  hear(told) {
    if (told.is === "time") {
      const share = Math.min(1, Math.max(0, (told.ms - this.begins) / Math.max(1, this.ends - this.begins)));
      this.find(".poster-passed").style.transform = `scaleX(${share})`;
    } else if (told.is === "blank" || told.is === "broken") this.say("This part cannot be shown");
  }

  /** @param {string} words */
  say(words) {
    this.find("[data-words]").textContent = words;
    this.find(".poster-passed").style.transform = "scaleX(0)";
  }
}
