"""Reading of stored telemetry for pages and the API, always within what may be seen."""
