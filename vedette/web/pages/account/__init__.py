"""A person's own name and password."""

from vedette.web.pages.account.page import PAGE

__all__ = ["PAGE"]
