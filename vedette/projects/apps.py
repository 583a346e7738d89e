"""The Django app's registration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.projects"
