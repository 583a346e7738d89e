/// <reference lib="webworker" />
/**
 * The service worker: shows what is pushed, and opens the page behind it when it is clicked.
 * A later message with the same tag takes the place of the earlier one.
 */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  const shown = worker.registration.showNotification(told.title ?? "Vedette", {
    body: told.body ?? "",
    tag: told.tag ?? "",
    data: { url: told.url ?? "" },
  });
  event.waitUntil(shown);
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? ""));
});

/** @param {string} address */
async function open(address) {
  const url = new URL(address || ".", worker.registration.scope);
  if (url.origin !== worker.location.origin) return;
  for (const page of await worker.clients.matchAll({ type: "window" })) {
    if (page.url === url.href) {
      await page.focus();
      return;
    }
  }
  await worker.clients.openWindow(url.href);
}
