"""One model of a span for everything that sends some: transactions, streamed and standalone
spans of Sentry's SDKs, and OpenTelemetry's.

`vedette.items` calls a reader of this package with a scrubbed payload and gets spans; `rows`
makes the rows of the table `spans` from them. Knows nothing of the pipeline or of Django.
"""
