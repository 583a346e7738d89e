"""How a project's frames lead to files of repositories, who owns these, and people's editors."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import User
from vedette.projects.models import Project
from vedette.releases.models import Repository


class CodeMapping(models.Model):
    """Frames whose path begins with `stack_root` are files below `source_root` of a repository."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="code_mappings")
    repository = models.ForeignKey(Repository, models.CASCADE, related_name="code_mappings")
    stack_root = models.CharField(max_length=500, blank=True)
    source_root = models.CharField(max_length=500, blank=True)
    default_branch = models.CharField(max_length=250, default="main")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "stack_root"], name="one_code_mapping")
        ]


class Ownership(models.Model):
    """Who owns what of a project, as text (`vedette.sources.ownership`).

    With `assigns` a new or regressed issue goes to its first suggested owner; `last_issue` and
    `last_regression` say up to which ids that was looked at.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="ownership")
    rules = models.TextField(blank=True)
    assigns = models.BooleanField(default=False)
    last_issue = models.BigIntegerField(default=0)
    last_regression = models.BigIntegerField(default=0)


class EditorChoice(models.Model):
    """In which editor a person opens files: a known one, or a template of their own."""

    user = models.OneToOneField(User, models.CASCADE, related_name="editor_choice")
    editor = models.CharField(max_length=32)
    template = models.CharField(max_length=500, blank=True)


class LocalRoot(models.Model):
    """Where a person keeps the files of a project's repository on their own machine."""

    user = models.ForeignKey(User, models.CASCADE, related_name="local_roots")
    project = models.ForeignKey(Project, models.CASCADE, related_name="local_roots")
    path = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_local_root")]
