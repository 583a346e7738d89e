"""The Django app's registration."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    """Registers the models."""

    name = "vedette.issues"

    def ready(self) -> None:
        """Let the issues know who leaves."""
        from django.db.models.signals import post_delete

        from vedette.accounts.models import Membership
        from vedette.issues.leaving import take_back

        post_delete.connect(take_back, sender=Membership, dispatch_uid="take_back_issues")
