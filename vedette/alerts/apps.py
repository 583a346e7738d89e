"""The Django app's registration."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the models, and follows issues that become one."""

    name = "vedette.alerts"

    def ready(self) -> None:
        """Called once, when all models are there."""
        from vedette.alerts.moving import follow
        from vedette.issues.merging import merged

        merged.connect(follow, dispatch_uid="alerts")
