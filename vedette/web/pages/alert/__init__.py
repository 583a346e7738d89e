"""One alert: why it fired, what was done, who was told."""

from vedette.web.pages.alert.page import PAGE

__all__ = ["PAGE"]
