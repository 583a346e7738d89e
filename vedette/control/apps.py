"""The Django app's registration."""

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """Registers the models."""

    name = "vedette.control"
