"""The Django app's registration."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.releases"
