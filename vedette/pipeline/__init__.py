"""Disk to store: batches of spooled envelopes run through a literal tuple of steps."""
