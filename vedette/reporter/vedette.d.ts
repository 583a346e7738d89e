/** What the reporter is told; each can also stand on its script tag as `data-…`. */
export interface VedetteOptions {
  /** Where reports go: the DSN of a project. */
  dsn?: string;
  /** A path or address of your own that forwards reports, instead of the DSN's server. */
  tunnel?: string;
  release?: string;
  environment?: string;
  /** What a call or room is called on every side of it. */
  room?: string;
  call?: string;
  /** Watch every RTCPeerConnection that the page makes from now on. */
  rtc?: boolean | string;
  tags?: Record<string, string>;
}

export interface Vedette {
  /** Set options; later calls add to earlier ones. */
  init(options: VedetteOptions): void;
  /** Report an error, or a text. */
  capture(error: unknown, tags?: Record<string, string>): void;
  /** Report when this connection fails. */
  watch(connection: RTCPeerConnection): void;
}

declare global {
  interface Window {
    vedette: Vedette;
  }
}
