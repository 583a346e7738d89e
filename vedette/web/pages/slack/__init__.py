"""Where Slack sends what people press in its messages."""

from vedette.web.pages.slack.page import PAGE

__all__ = ["PAGE"]
