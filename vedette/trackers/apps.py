"""The Django app's registration."""

from django.apps import AppConfig


class TrackersConfig(AppConfig):
    """Registers the models, and follows issues that become one."""

    name = "vedette.trackers"

    def ready(self) -> None:
        """Called once, when all models are there."""
        from vedette.issues.merging import merged
        from vedette.trackers.moving import follow

        merged.connect(follow, dispatch_uid="trackers")
