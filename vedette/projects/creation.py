"""Making a project with its first key."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from vedette.accounts.models import Organization
from vedette.projects.models import Project, ProjectKey

_MOST_TRIES = 100


def create_project(organization: Organization, name: str, platform: str = "") -> Project:
    """A project with a free slug made of its name, and a key. Names need not be unique."""
    base = slugify(name)[:40].strip("-") or "project"
    base = f"project-{base}" if base.isdigit() else base
    for attempt in range(_MOST_TRIES):
        slug = base if attempt == 0 else f"{base}-{attempt + 1}"
        try:
            with transaction.atomic():
                project = Project.objects.create(
                    organization=organization, slug=slug, name=name, platform=platform
                )
                ProjectKey.objects.create(project=project)
                return project
        except IntegrityError:
            continue
    raise RuntimeError(f"no free slug for a project called {name!r} after {_MOST_TRIES} tries")
