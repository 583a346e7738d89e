// Says something about an error with an unmodified @sentry/node; argv: package name, DSN.
const [, , name, dsn] = process.argv;
const Sentry = require(name);
Sentry.init({ dsn, release: "shop@2.0.0", environment: "staging", tracesSampleRate: 0 });
const associatedEventId = Sentry.captureException(new RangeError("cannot charge 12"));
Sentry.captureFeedback({
  name: "Bob",
  email: "bob@example.com",
  message: "I was charged twice",
  url: "https://shop.example/till?card=1",
  source: "till",
  associatedEventId,
});
Sentry.flush(5000).then((flushed) => process.exit(flushed ? 0 : 1));
