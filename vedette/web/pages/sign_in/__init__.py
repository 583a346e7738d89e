"""Signing in, by password or by a one-time link, and signing out."""

from vedette.web.pages.sign_in.page import PAGE

__all__ = ["PAGE"]
