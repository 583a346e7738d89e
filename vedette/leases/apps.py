"""The Django app's registration."""

from django.apps import AppConfig


class LeasesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.leases"
