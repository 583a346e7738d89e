"""A project's source code: mappings of frames to files, and owners."""

from vedette.web.pages.project_code.page import PAGE

__all__ = ["PAGE"]
