"""Issue trackers of an organisation, and where they call."""

from vedette.web.pages.trackers.page import PAGE

__all__ = ["PAGE"]
