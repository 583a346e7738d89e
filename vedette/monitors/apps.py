"""The Django app's registration."""

from django.apps import AppConfig


class MonitorsConfig(AppConfig):
    """Registers the models, and tells the prober of projects that go."""

    name = "vedette.monitors"

    def ready(self) -> None:
        """Called once, when all models are there."""
        from django.db.models.signals import post_delete

        from vedette.monitors.forgetting import forget_project
        from vedette.projects.models import Project

        post_delete.connect(forget_project, sender=Project, dispatch_uid="monitors")
