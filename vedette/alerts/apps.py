"""The Django app's registration."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.alerts"
