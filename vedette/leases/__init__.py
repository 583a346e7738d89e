"""Leases: what must run on one node at a time is run by whoever holds its lease."""
