"""What is stored of a project, looked through for what its present rules would remove."""

from vedette.web.pages.rescrub.page import PAGE

__all__ = ["PAGE"]
