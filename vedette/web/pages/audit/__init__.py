"""Code audits: which errors of a project nobody would hear of, and what really came."""

from vedette.web.pages.audit.page import PAGE

__all__ = ["PAGE"]
