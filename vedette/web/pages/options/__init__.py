"""What is set of an installation, an organisation or a project, group by group."""

from vedette.web.pages.options.page import PAGE

__all__ = ["PAGE"]
