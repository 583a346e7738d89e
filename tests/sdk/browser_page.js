// Bundled with an unmodified @sentry/browser; the DSN comes from the page's address.
import * as Sentry from "@sentry/browser";
const dsn = new URLSearchParams(location.search).get("dsn");
Sentry.init({ dsn, release: "shop@3.0.0", environment: "browser-test" });
Sentry.setUser({ id: "7", username: "alice" });
Sentry.setTag("page", "checkout");
Sentry.addBreadcrumb({ category: "cart", message: "opened the cart" });
function payNow() {
  return undefined.total;
}
window.fail = () => setTimeout(function onPay() { payNow(); }, 0);
window.flushed = () => Sentry.flush(5000);
