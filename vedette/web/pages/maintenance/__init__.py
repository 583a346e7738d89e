"""Maintenance of monitors: what is on, what is planned, planning and ending it."""

from vedette.web.pages.maintenance.page import PAGE

__all__ = ["PAGE"]
