"""Questions that people have saved under a name."""
