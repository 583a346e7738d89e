"""One replay with its player."""

from vedette.web.pages.replay.page import PAGE

__all__ = ["PAGE"]
