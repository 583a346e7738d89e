"""The Django app's registration."""

from django.apps import AppConfig


class TrackersConfig(AppConfig):
    """Registers the models."""

    name = "vedette.trackers"
