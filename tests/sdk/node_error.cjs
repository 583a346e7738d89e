// Throws and captures with an unmodified @sentry/node; argv: package name, DSN.
const [, , name, dsn] = process.argv;
const Sentry = require(name);
Sentry.init({ dsn, release: "shop@2.0.0", environment: "staging", tracesSampleRate: 0 });
Sentry.setUser({ id: "42", email: "bob@example.com" });
Sentry.setTag("shop", "berlin");
Sentry.setContext("cart", { items: 3 });
Sentry.addBreadcrumb({ category: "cart", message: "added a lamp", level: "info" });
function chargeCard(amount) {
  throw new RangeError(`cannot charge ${amount}`);
}
try {
  chargeCard(12);
} catch (error) {
  Sentry.captureException(error);
}
Sentry.captureMessage("low stock", "warning");
Sentry.flush(5000).then((flushed) => process.exit(flushed ? 0 : 1));
