"""The members of the viewer's organisations: who they are, inviting, changing and removing them."""

from vedette.web.pages.members.page import PAGE

__all__ = ["PAGE"]
