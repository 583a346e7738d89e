import { withSentryConfig } from "@sentry/nextjs";

export default withSentryConfig({ reactStrictMode: true }, {
  org: "callroom",
  project: "dashboard",
  authToken: process.env.SENTRY_AUTH_TOKEN,
});
