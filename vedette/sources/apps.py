"""The Django app's registration."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.sources"
