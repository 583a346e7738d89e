"""The Django app's registration."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Registers the models."""

    name = "vedette.feedback"
