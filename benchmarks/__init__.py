"""Benchmarks: CPU seconds and ratios, printed. Run one with `python -m benchmarks.NAME`."""
