"""Silences: what nobody is told of for a time."""

from vedette.web.pages.alert_silences.page import PAGE

__all__ = ["PAGE"]
