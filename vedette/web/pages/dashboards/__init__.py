"""Dashboards: the list, one of them, its editor, files, and secret links."""

from vedette.web.pages.dashboards.page import PAGE

__all__ = ["PAGE"]
