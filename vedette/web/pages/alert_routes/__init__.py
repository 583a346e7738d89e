"""Routes: which alerts go to which channels."""

from vedette.web.pages.alert_routes.page import PAGE

__all__ = ["PAGE"]
