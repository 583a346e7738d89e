"""The projects of the viewer, and making a new one."""

from vedette.web.pages.projects.page import PAGE

__all__ = ["PAGE"]
