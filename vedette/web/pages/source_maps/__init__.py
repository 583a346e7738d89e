"""The source maps of a project."""

from vedette.web.pages.source_maps.page import PAGE

__all__ = ["PAGE"]
