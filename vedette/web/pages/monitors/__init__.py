"""Monitors: whether things are up, whether jobs ran."""

from vedette.web.pages.monitors.page import PAGE

__all__ = ["PAGE"]
