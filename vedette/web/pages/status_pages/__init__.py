"""The administration of status pages: components, incidents, maintenance, subscribers, links."""

from vedette.web.pages.status_pages.page import PAGE

__all__ = ["PAGE"]
