"""The Django app's registration."""

from django.apps import AppConfig


class ArtifactsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.artifacts"
