"""What everybody sees of a status page: one row for each visit."""

from vedette.web.pages.public_status.page import PAGE

__all__ = ["PAGE"]
