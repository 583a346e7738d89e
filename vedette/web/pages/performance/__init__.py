"""How transactions fare: all of them, and one."""

from vedette.web.pages.performance.page import PAGE

__all__ = ["PAGE"]
