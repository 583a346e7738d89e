"""Secrets at rest are sealed: encrypted with a key of the installation that can be rotated."""
