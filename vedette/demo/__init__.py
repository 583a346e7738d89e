"""Demo data: three services of a small shop, sent through the real door like any SDK's."""
