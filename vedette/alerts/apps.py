"""The Django app's registration."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the models, follows issues that become one, and rules that are deleted."""

    name = "vedette.alerts"

    def ready(self) -> None:
        """Called once, when all models are there."""
        from django.db.models.signals import pre_delete

        from vedette.alerts.ending import tell_before_deletion
        from vedette.alerts.models import AlertRule
        from vedette.alerts.moving import follow
        from vedette.issues.merging import merged

        merged.connect(follow, dispatch_uid="alerts")
        pre_delete.connect(tell_before_deletion, sender=AlertRule, dispatch_uid="alerts")
