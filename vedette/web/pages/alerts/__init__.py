"""What fires now, and what fired before."""

from vedette.web.pages.alerts.page import PAGE

__all__ = ["PAGE"]
