"""The list of releases."""

from vedette.web.pages.releases.page import PAGE

__all__ = ["PAGE"]
