"""What one person hears of, and the link in mails that ends it."""

from vedette.web.pages.notifications.page import PAGE

__all__ = ["PAGE"]
