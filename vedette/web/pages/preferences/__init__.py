"""Small choices kept in cookies: theme and width of the rail."""

from vedette.web.pages.preferences.page import PAGE

__all__ = ["PAGE"]
