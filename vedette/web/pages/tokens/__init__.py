"""API tokens: the viewer's own, and those of the organisations that they run."""

from vedette.web.pages.tokens.page import PAGE

__all__ = ["PAGE"]
