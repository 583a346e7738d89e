"""The Django app's registration."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Registers the models."""

    name = "vedette.workflow"
