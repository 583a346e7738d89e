"""The Django app's registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the template tags."""

    name = "vedette.web"
