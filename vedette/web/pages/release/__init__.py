"""One release."""

from vedette.web.pages.release.page import PAGE

__all__ = ["PAGE"]
