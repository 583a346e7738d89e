"""Releases: their names and order, where they run, what they hold, and what they changed."""
