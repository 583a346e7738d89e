"""Tests of what is configured with fields and secrets."""
