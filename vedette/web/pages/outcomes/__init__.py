"""What became of everything that came in."""

from vedette.web.pages.outcomes.page import PAGE

__all__ = ["PAGE"]
