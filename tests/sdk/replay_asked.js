// What a page records its replay with, as its address asks: `masked`, `compressed`, and `error`
// for what is kept back until an error happens. The rest is the SDK's own.
export function initReplay(Sentry) {
  const asked = new URLSearchParams(location.search);
  const masked = asked.has("masked");
  const rate = asked.has("error") ? "replaysOnErrorSampleRate" : "replaysSessionSampleRate";
  Sentry.init({
    dsn: asked.get("dsn"),
    release: "shop@3.0.0",
    [rate]: 1,
    integrations: [
      Sentry.replayIntegration({
        maskAllText: masked,
        maskAllInputs: masked,
        useCompression: asked.has("compressed"),
        minReplayDuration: 0,
      }),
    ],
  });
  window.replayId = () => Sentry.getReplay().getReplayId();
  window.flushed = () => Sentry.getReplay().flush().then(() => Sentry.flush(5000));
}
