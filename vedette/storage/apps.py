"""The Django app's registration."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Registers the models."""

    name = "vedette.storage"
