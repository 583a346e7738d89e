"""Vedette: errors, releases, traces, logs, monitors and alerts in one program."""

__version__ = "0.1.0"
