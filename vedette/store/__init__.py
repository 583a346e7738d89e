"""The columnar telemetry store behind two verbs, append and query."""
