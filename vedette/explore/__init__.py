"""Any question over telemetry: a dataset, a search, fields and aggregates, to one of the store's.

`datasets` and `functions` are drawers; `fields` reads what people write (`p95(span.duration)`),
`asking` compiles and asks. Knows nothing of Django; the caller says which projects may be seen.
"""
