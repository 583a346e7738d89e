// Bundled with an unmodified @sentry/browser: the page loads, and asks a service for an order.
import * as Sentry from "@sentry/browser";
const asked = new URLSearchParams(location.search);
Sentry.init({
  dsn: asked.get("dsn"),
  release: "page@3.0.0",
  environment: "staging",
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
  tracePropagationTargets: [/127\.0\.0\.1/],
});
fetch(`${asked.get("shop")}/orders/7`)
  .then((answer) => answer.json())
  .then((order) => {
    document.title = `${order.left} left`;
  });
window.flushed = () => Sentry.flush(5000);
