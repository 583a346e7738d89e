"""Tests of the inbound filters."""
