// A shop on Express with an unmodified @sentry/node, asking another service for each order.
// argv: package, DSN, address of the other service. Prints its own port; ends with its input.
const [, , name, dsn, stock] = process.argv;
const Sentry = require(name);
Sentry.init({ dsn, release: "shop@2.0.0", environment: "staging", tracesSampleRate: 1 });
const express = require("express");
const app = express();
app.use((request, response, next) => {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Access-Control-Allow-Headers", "sentry-trace,baggage");
  if (request.method === "OPTIONS") return response.sendStatus(204);
  return next();
});
app.get("/orders/:id", async (request, response) => {
  if (request.params.id === "13") throw new RangeError("no such order");
  const answer = await fetch(`${stock}/stock/${request.params.id}`);
  response.json(await answer.json());
});
Sentry.setupExpressErrorHandler(app);
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on("end", () => Sentry.close(5000).then(() => process.exit(0)));
