"""The list of traces, by their transactions."""

from vedette.web.pages.traces.page import PAGE

__all__ = ["PAGE"]
