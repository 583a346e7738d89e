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
function order(number) {
  return fetch(`${asked.get("shop")}/orders/${number}`)
    .then((answer) => answer.json())
    .then((found) => {
      document.title = `${found.left} left`;
    });
}
order(7);
window.turnTo = (path) => {
  document.title = "turning";
  history.pushState({}, "", path);
  return order(8);
};
window.flushed = () => Sentry.flush(5000);
