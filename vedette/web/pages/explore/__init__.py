"""Explore: any question over errors, transactions and spans."""

from vedette.web.pages.explore.page import PAGE

__all__ = ["PAGE"]
