"""What people say: the inbox and one piece of feedback."""

from vedette.web.pages.feedback.page import PAGE

__all__ = ["PAGE"]
