"""Which projects a member sees who does not see all of the organisation's."""

from __future__ import annotations

from django.db import models

from vedette.accounts.models import Membership
from vedette.projects.models import Project


class ProjectMember(models.Model):
    """A project that is open to a member with limited sight (`Membership.sees_all`)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="limited_to")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "membership"], name="one_project_member")
        ]
