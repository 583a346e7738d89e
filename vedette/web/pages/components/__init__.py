"""Every component in every state."""

from vedette.web.pages.components.page import PAGE

__all__ = ["PAGE"]
