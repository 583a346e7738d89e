// Bundled with an unmodified @sentry/browser; DSN and tunnel come from the page's address.
import * as Sentry from "@sentry/browser";
const asked = new URLSearchParams(location.search);
const dsn = asked.get("dsn");
const tunnel = asked.get("tunnel") || undefined;
Sentry.init({ dsn, tunnel, release: "shop@3.0.0", environment: "browser-test" });
Sentry.setUser({ id: "7", username: "alice" });
Sentry.setTag("page", "checkout");
Sentry.addBreadcrumb({ category: "cart", message: "opened the cart" });
function payNow() {
  return undefined.total;
}
window.fail = () => setTimeout(function onPay() { payNow(); }, 0);
window.flushed = () => Sentry.flush(5000);
