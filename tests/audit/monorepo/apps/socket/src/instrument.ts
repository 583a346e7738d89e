import * as Sentry from "@sentry/node";

Sentry.init({
  dsn: process.env.SOCKET_SENTRY_DSN,
  tracesSampleRate: process.env.NODE_ENV === "production" ? 0.1 : 1,
  beforeSend: (event) => event,
});
