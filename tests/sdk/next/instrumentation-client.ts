import * as Sentry from "@sentry/nextjs";

// Which replay is recorded, the page's address asks: of the `session`, or of an `error` alone.
const asked = new URLSearchParams(location.search);
const masked = asked.has("masked");

Sentry.init({
  dsn: process.env.NEXT_PUBLIC_DSN,
  tunnel: "/tunnel",
  tracesSampleRate: 1,
  replaysSessionSampleRate: asked.has("session") ? 1 : 0,
  replaysOnErrorSampleRate: asked.has("error") ? 1 : 0,
  integrations: [
    Sentry.replayIntegration({
      maskAllText: masked,
      maskAllInputs: masked,
      useCompression: asked.has("compressed"),
      minReplayDuration: 0,
    }),
    Sentry.feedbackIntegration({ autoInject: asked.has("feedback"), enableScreenshot: true }),
  ],
});
Object.assign(window, {
  replayId: () => Sentry.getReplay()?.getReplayId(),
  flushed: () => Sentry.getReplay()?.flush().then(() => Sentry.flush(5000)),
});

export const onRouterTransitionStart = Sentry.captureRouterTransitionStart;
