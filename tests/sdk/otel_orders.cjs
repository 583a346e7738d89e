// One request with a query and a failure, exported by OpenTelemetry; argv: the exporter's package.
const { SpanKind, SpanStatusCode, context, trace, diag } = require("@opentelemetry/api");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { BasicTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const { OTLPTraceExporter } = require(process.argv[2]);
const say = (...words) => console.error(...words);
diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({
    "service.name": "orders",
    "service.version": "2.1",
    "deployment.environment.name": "staging",
    "telemetry.sdk.language": "nodejs",
  }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer("shop");
const segment = tracer.startSpan("GET /orders/{id}", {
  kind: SpanKind.SERVER,
  attributes: { "http.request.method": "GET", "http.response.status_code": 500 },
});
const within = trace.setSpan(context.active(), segment);
const query = tracer.startSpan(
  "SELECT orders",
  {
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": "postgresql",
      "db.query.text": "SELECT * FROM orders WHERE id = 7",
      sizes: [1, 2, 3],
    },
  },
  within,
);
query.end();
const charge = tracer.startSpan("charge", {}, within);
charge.recordException(new RangeError("no such card"));
charge.setStatus({ code: SpanStatusCode.ERROR, message: "no such card" });
charge.end();
segment.end();
provider.shutdown().then(() => process.exit(0));
