"""One trace."""

from vedette.web.pages.trace.page import PAGE

__all__ = ["PAGE"]
