"""The signed links of messages, which ask before they act."""

from vedette.web.pages.alert_links.page import PAGE

__all__ = ["PAGE"]
