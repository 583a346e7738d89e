"""A project's detectors of performance problems."""

from vedette.web.pages.project_problems.page import PAGE

__all__ = ["PAGE"]
