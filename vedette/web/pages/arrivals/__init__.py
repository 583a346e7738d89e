"""What arrives of a project, and why something does not."""

from vedette.web.pages.arrivals.page import PAGE

__all__ = ["PAGE"]
