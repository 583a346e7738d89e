"""A project's keys and settings."""

from vedette.web.pages.project_settings.page import PAGE

__all__ = ["PAGE"]
