"""One issue: the event at hand and everything around it."""

from vedette.web.pages.issue.page import PAGE

__all__ = ["PAGE"]
