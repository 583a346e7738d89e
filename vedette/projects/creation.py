"""Making organisations and projects, with slugs that are free and a first key."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from vedette.accounts.models import Organization
from vedette.projects.models import Project, ProjectKey

_SLUG_CHARACTERS = 40


def create_organization(name: str) -> Organization:
    """A new organisation named `name`."""
    taken = set(Organization.objects.values_list("slug", flat=True))
    return Organization.objects.create(name=name[:100], slug=free_slug(name, taken))


@transaction.atomic
def create_project(
    organization: Organization, name: str, platform: str = "", *, is_demo: bool = False
) -> Project:
    """A new project with one key; its slug is made of the name and unique in the organisation."""
    taken = set(organization.projects.values_list("slug", flat=True))
    project = Project.objects.create(
        organization=organization,
        name=name.strip()[:100] or "Project",
        slug=free_slug(name, taken),
        platform=platform,
        is_demo=is_demo,
    )
    ProjectKey.objects.create(project=project)
    return project


def free_slug(name: str, taken: set[str]) -> str:
    """A slug of the name that is not taken: `shop`, `shop-2`, … Never only digits."""
    base = slugify(name)[:_SLUG_CHARACTERS].strip("-") or "project"
    if base.isdigit():
        base = f"p-{base}"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
