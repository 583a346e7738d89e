"""The Django app's registration."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.issues"
