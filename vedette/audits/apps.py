"""The Django app's registration."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.audits"
