"""The repositories of the viewer's organisations."""

from vedette.web.pages.repositories.page import PAGE

__all__ = ["PAGE"]
