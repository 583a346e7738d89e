"""Search or jump: one box that leads anywhere."""

from vedette.web.pages.jump.page import PAGE

__all__ = ["PAGE"]
