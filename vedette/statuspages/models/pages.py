"""A status page, its groups and components, and what of it is rendered."""

from __future__ import annotations

import secrets

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.sealing.fields import SealedTextField

MOST_SLUG = 60


def new_key() -> str:
    """Twelve hex digits, by which the public names something."""
    return secrets.token_hex(6)


def new_token() -> str:
    """What opens a private page."""
    return secrets.token_urlsafe(24)


class StatusPage(models.Model):
    """One page. `slug` is its address, alike in all organisations, since visitors know none.

    `revision` rises with every change of what it says; a loop renders it again, and by the clock.
    A private page opens with `token`. With `auto_draft_minutes` an incident is drafted when a
    component was down so long; a person publishes it, or `auto_publish`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="status_pages")
    slug = models.SlugField(max_length=MOST_SLUG, unique=True)
    key = models.CharField(max_length=12, default=new_key)
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=400, blank=True)
    is_public = models.BooleanField(default=True)
    token = SealedTextField(default=new_token)
    domain = models.CharField(max_length=253, null=True, blank=True, unique=True)
    accent = models.CharField(max_length=7, blank=True, help_text="#rrggbb")
    css = models.TextField(blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    announcement = models.CharField(max_length=1000, blank=True, help_text="Markdown.")
    shows_response = models.BooleanField(default=False)
    templates = models.JSONField(default=dict, help_text="Texts of updates by name.")
    auto_draft_minutes = models.PositiveIntegerField(default=0, help_text="0: never.")
    auto_publish = models.BooleanField(default=False)
    is_from_file = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    rendered_revision = models.PositiveIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["organization", "title"], name="status_page_by_title")]

    def __str__(self) -> str:
        return self.title


class StatusLogo(models.Model):
    """The picture above a page; bounded when it is taken."""

    page = models.OneToOneField(StatusPage, models.CASCADE, related_name="logo")
    suffix = models.CharField(max_length=4, help_text="png, jpg, webp")
    body = models.BinaryField()


class StatusGroup(models.Model):
    """Components that stand together."""

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="groups")
    key = models.CharField(max_length=12, default=new_key)
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["page", "name"], name="one_group_name")]

    def __str__(self) -> str:
        return self.name


class StatusComponent(models.Model):
    """A part of the service as visitors know it. Its state is the worst of its monitors.

    `manual_state` is what a person says of one that nothing watches; empty for one that is watched.
    """

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="components")
    group = models.ForeignKey(
        StatusGroup, models.SET_NULL, null=True, blank=True, related_name="components"
    )
    key = models.CharField(max_length=12, unique=True, default=new_key)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=400, blank=True)
    position = models.PositiveIntegerField(default=0)
    monitors = models.ManyToManyField(Monitor, related_name="status_components")
    manual_state = models.CharField(max_length=24, blank=True, default="operational")
    shows_uptime = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["page", "name"], name="one_component_name")]

    def __str__(self) -> str:
        return self.name


class StatusFile(models.Model):
    """What one address of a page answers, compressed. `path` is below the page's own."""

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="files")
    path = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    etag = models.CharField(max_length=32)
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "path"], name="one_status_file")]
