import * as Sentry from "@sentry/nextjs";

Sentry.init({
  dsn: process.env.NEXT_PUBLIC_SENTRY_DSN,
  environment: process.env.DEPLOY_ENV,
  tracesSampleRate: 1.0,
});
