"""Waiting for a project's first event, with the snippets to send it."""

from vedette.web.pages.project_start.page import PAGE

__all__ = ["PAGE"]
