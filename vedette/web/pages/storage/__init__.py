"""What the telemetry takes on disk: by project, kind and day; growth, and what is largest."""

from vedette.web.pages.storage.page import PAGE

__all__ = ["PAGE"]
