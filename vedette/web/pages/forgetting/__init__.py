"""Finding and removing everything about one person, with a receipt."""

from vedette.web.pages.forgetting.page import PAGE

__all__ = ["PAGE"]
