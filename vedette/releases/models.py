"""A release, where it was seen and deployed, and the commits that it holds."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.releases.names import ReleaseName, parse_release

# When a release came into being, as far as order is concerned.
RELEASED = Coalesce("released_at", "created_at")


class ReleaseStatus(models.TextChoices):
    """Whether a release is still of interest."""

    OPEN = "open"
    ARCHIVED = "archived"


class Release(models.Model):
    """A version of the organisation's software. It is seen through its projects alone.

    `version_order` and `build_order` sort semantic versions (`vedette.releases.ordering`);
    the former is null for names that hold none.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="releases")
    version = models.CharField(max_length=250)
    package = models.CharField(max_length=250, blank=True)
    version_order = models.BinaryField(null=True)
    build_order = models.BinaryField(default=b"")
    ref = models.CharField(max_length=250, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    status = models.CharField(
        max_length=16, choices=ReleaseStatus.choices, default=ReleaseStatus.OPEN
    )
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True, help_text="When it was finalized.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version"], name="one_release")
        ]
        indexes = [models.Index(fields=["version"], name="release_version")]

    def __str__(self) -> str:
        return self.version

    @property
    def parts(self) -> ReleaseName:
        """The name taken apart."""
        return parse_release(self.version)

    @property
    def at(self) -> datetime:
        """When it came into being, as far as order is concerned: `RELEASED`."""
        return self.released_at or self.created_at


class ReleaseProject(models.Model):
    """A project that a release is of, because it sent something or because somebody said so."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="in_projects")
    project = models.ForeignKey(Project, models.CASCADE, related_name="in_releases")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "project"], name="one_release_project")
        ]


class ReleaseEnvironment(models.Model):
    """When a release was first and last seen in an environment of a project.

    The last time is exact to a minute; an event without an environment counts to the empty one.
    `adopted_at` and `replaced_at` say when its sessions became a tenth of all there, and when
    they no longer were (see `adoption`).
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="environments")
    project = models.ForeignKey(Project, models.CASCADE)
    environment = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "project", "environment"], name="one_release_environment"
            )
        ]
        indexes = [models.Index(fields=["project", "first_seen"], name="release_environment_first")]


class Deploy(models.Model):
    """A release was brought to an environment."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="deploys")
    environment = models.CharField(max_length=64)
    name = models.CharField(max_length=250, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(default=clock.now)
    projects = models.ManyToManyField(Project, help_text="Those that it was deployed for.")

    class Meta:
        indexes = [models.Index(fields=["release", "-finished_at"], name="deploy_finished")]


class Repository(models.Model):
    """Where commits come from, by the name that clients give it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="repositories")
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="one_repository")
        ]


class Commit(models.Model):
    """A commit of a repository, once however many releases hold it."""

    repository = models.ForeignKey(Repository, models.CASCADE, related_name="commits")
    key = models.CharField(max_length=64, help_text="The hash.")
    message = models.TextField(blank=True)
    author_name = models.CharField(max_length=128, blank=True)
    author_email = models.CharField(max_length=254, blank=True)
    committed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "key"], name="one_commit")]

    @property
    def title(self) -> str:
        """The first line of the message, or the hash."""
        return self.message.strip().partition("\n")[0] or self.key[:12]


class ChangeType(models.TextChoices):
    """What a commit did to a file, in git's letters."""

    ADDED = "A"
    MODIFIED = "M"
    DELETED = "D"


class CommitFile(models.Model):
    """A file that a commit changed."""

    commit = models.ForeignKey(Commit, models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    type = models.CharField(max_length=1, choices=ChangeType.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commit", "path"], name="one_commit_file")]


class ReleaseCommit(models.Model):
    """A commit of a release; `order` counts up from the newest."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="in_commits")
    commit = models.ForeignKey(Commit, models.CASCADE, related_name="in_releases")
    order = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "commit"], name="one_release_commit"),
            models.UniqueConstraint(fields=["release", "order"], name="one_release_commit_order"),
        ]


class ReleaseHead(models.Model):
    """The commit that a release was built from, where a client says only this (`refs`)."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="heads")
    repository = models.ForeignKey(Repository, models.CASCADE)
    commit_key = models.CharField(max_length=64)
    previous_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "repository"], name="one_release_head")
        ]


class Regression(models.Model):
    """A resolved issue came back with a release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="regressions")
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="regressions")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "issue"], name="one_regression")]


class Resolution(models.Model):
    """An issue is resolved by a release: by `release`, or by whichever comes after `after`.

    Kept while the issue is resolved; one that waits for the next release gets its `release`
    when that appears.
    """

    issue = models.OneToOneField(Issue, models.CASCADE, related_name="resolution")
    release = models.ForeignKey(
        Release, models.CASCADE, null=True, blank=True, related_name="resolutions"
    )
    after = models.ForeignKey(Release, models.CASCADE, null=True, blank=True, related_name="+")
    is_next = models.BooleanField(default=False)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
