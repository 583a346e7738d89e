"""Issues in trackers that belong to an issue or an alert: opening, linking, unlinking."""

from vedette.web.pages.tracker_links.page import PAGE

__all__ = ["PAGE"]
