// A shop built with an unmodified @sentry/nextjs; where it reports to comes from the environment.
import { withSentryConfig } from "@sentry/nextjs/config";

export default withSentryConfig(
  { turbopack: { root: process.cwd() } },
  {
    org: process.env.SENTRY_ORG,
    project: process.env.SENTRY_PROJECT,
    authToken: process.env.SENTRY_AUTH_TOKEN,
    sentryUrl: process.env.SENTRY_URL,
    tunnelRoute: "/monitoring",
    telemetry: false,
    silent: false,
  },
);
