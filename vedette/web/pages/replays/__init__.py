"""What a player of replays asks for."""

from vedette.web.pages.replays.page import PAGE

__all__ = ["PAGE"]
