"""`/vedette.js`: the reporter, for pages of others."""

from vedette.web.pages.reporter.page import PAGE

__all__ = ["PAGE"]
