"""DRAWER: one file per resource of Sentry's web API; each has `ROUTES`, a list of URL patterns.

Shapes and paths follow the protocol, section 5: what sentry-cli, Grafana and scripts read.
"""
