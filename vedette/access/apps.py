"""The Django app's registration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the models."""

    name = "vedette.access"
