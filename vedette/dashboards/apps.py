"""The Django app's registration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.dashboards"

    def ready(self) -> None:
        """Let the dashboards know which projects go."""
        from django.db.models.signals import post_delete

        from vedette.dashboards.forgetting import forget_project
        from vedette.projects.models import Project

        post_delete.connect(forget_project, sender=Project, dispatch_uid="forget_project")
