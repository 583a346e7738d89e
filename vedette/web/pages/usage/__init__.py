"""How much of every budget is used, and what was refused."""

from vedette.web.pages.usage.page import PAGE

__all__ = ["PAGE"]
