"""The Django app's registration."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Registers the models."""

    name = "vedette.usage"
