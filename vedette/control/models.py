"""What each place has chosen of a group of options."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from vedette import clock
from vedette.accounts.models import Organization
from vedette.projects.models import Project, ProjectKey

_PLACES = ("organization", "project", "key")


def _only(*names: str) -> Q:
    """The rows that name these places and no other."""
    return Q(**{f"{name}__isnull": name not in names for name in _PLACES})


class Choice(models.Model):
    """The choices of one place in one group: of the installation where it names none."""

    organization = models.ForeignKey(Organization, models.CASCADE, null=True)
    project = models.ForeignKey(Project, models.CASCADE, null=True)
    key = models.ForeignKey(ProjectKey, models.CASCADE, null=True)
    group = models.CharField(max_length=40)
    chosen = models.JSONField(default=dict, help_text="By option; what is absent is inherited.")
    is_from_file = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_only() | _only("organization") | _only("project") | _only("key"),
                name="choice_of_one_place",
            ),
            models.UniqueConstraint(
                fields=["group"], condition=_only(), name="choice_of_installation"
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "group"], condition=_only(name), name=f"choice_of_{name}"
                )
                for name in _PLACES
            ),
        ]


class KnownTransactions(models.Model):
    """The names of a project's transactions that are not new, for rules of sampling.

    Without `names` where there are too many of them: then none counts as new.
    """

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True)
    names = models.JSONField(default=list)
    is_cut = models.BooleanField(default=False)
    looked_at = models.DateTimeField(default=clock.now)
