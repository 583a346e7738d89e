"""The list of replays, and what people clicked in vain."""

from vedette.web.pages.replay_list.page import PAGE

__all__ = ["PAGE"]
