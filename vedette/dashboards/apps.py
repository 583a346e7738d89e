"""The Django app's registration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.dashboards"
