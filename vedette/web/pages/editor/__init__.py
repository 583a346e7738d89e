"""A person's editor and folders."""

from vedette.web.pages.editor.page import PAGE

__all__ = ["PAGE"]
