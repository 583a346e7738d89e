"""The Django app's registration."""

from django.apps import AppConfig


class MonitorsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.monitors"
