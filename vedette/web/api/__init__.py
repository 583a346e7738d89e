"""The web APIs: Sentry's own paths and shapes under /api/0/."""
