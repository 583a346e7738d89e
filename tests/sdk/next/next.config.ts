// A shop built with an unmodified @sentry/nextjs; where it reports to comes from the environment.
import { withSentryConfig } from "@sentry/nextjs/config";

export default withSentryConfig(
  {
    turbopack: { root: process.cwd() },
    // The SDK uses its own `tunnelRoute` only for addresses of Sentry's; this one goes to ours.
    rewrites: async () => [{ source: "/tunnel", destination: process.env.TUNNEL_TO! }],
  },
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
