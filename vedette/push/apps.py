"""The Django app's registration."""

from django.apps import AppConfig


class PushConfig(AppConfig):
    """Registers the models."""

    name = "vedette.push"
