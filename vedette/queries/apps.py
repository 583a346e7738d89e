"""The Django app's registration."""

from django.apps import AppConfig


class QueriesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.queries"
