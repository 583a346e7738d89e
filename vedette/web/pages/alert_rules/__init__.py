"""Alert rules: the list, the form, the same as YAML, the back-test."""

from vedette.web.pages.alert_rules.page import PAGE

__all__ = ["PAGE"]
