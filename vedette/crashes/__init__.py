"""Crash reports of native programs read into events, as pure logic.

Whatever a report holds, reading it ends: every offset is checked, every list is bounded, and what
cannot be read is left out.
"""
