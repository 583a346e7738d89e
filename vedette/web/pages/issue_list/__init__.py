"""The issue list."""

from vedette.web.pages.issue_list.page import PAGE

__all__ = ["PAGE"]
