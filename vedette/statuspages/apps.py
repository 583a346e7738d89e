"""The Django app's registration."""

from django.apps import AppConfig


class StatusPagesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.statuspages"
