// Bundled with an unmodified @sentry/browser: the feedback widget with its screenshot, and the
// report dialog; the DSN comes from the page's address.
import * as Sentry from "@sentry/browser";
const dsn = new URLSearchParams(location.search).get("dsn");
const widget = Sentry.feedbackIntegration({ autoInject: true, enableScreenshot: true, tags: { area: "cart" } });
Sentry.init({ dsn, release: "shop@3.0.0", environment: "browser-test", integrations: [widget] });
window.failed = () => Sentry.captureException(new Error("the lamp fell"));
window.dialog = (eventId) => Sentry.showReportDialog({ eventId, title: "What went wrong?" });
window.flushed = () => Sentry.flush(5000);
