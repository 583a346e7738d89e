"""Where mail goes, and a test message."""

from vedette.web.pages.mail.page import PAGE

__all__ = ["PAGE"]
