"""The Django app's registration."""

from django.apps import AppConfig


class DetectingConfig(AppConfig):
    """Registers the models."""

    name = "vedette.detecting"
