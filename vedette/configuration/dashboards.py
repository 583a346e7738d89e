"""Dashboards that an organisation shares, as files write them; personal ones are in no file."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.dashboards import saving
from vedette.dashboards.content import Content, write_body
from vedette.dashboards.models import MOST_SLUG, Dashboard
from vedette.dashboards.written import read_written, write_written
from vedette.projects.models import Project
from vedette.rules.problems import Problem


def current(organization: Organization) -> dict[str, Entry]:
    """Every shared dashboard, but what this version cannot read."""
    slugs = dict(_projects(organization).values_list("pk", "slug"))
    rows = Dashboard.objects.filter(organization=organization, is_shared=True).order_by("slug")
    known = [(row, saving.known_content_of(row)) for row in rows]
    return {
        row.slug: _written(row, content, slugs)
        for row, content in known
        if row.slug and content is not None
    }


def identify(entry: Entry) -> str:
    """Its `id`, else made of its title."""
    named = {"id": entry.get("id", ""), "name": entry.get("title", "")}
    return slug_of(named, most=MOST_SLUG)


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """Everything that is wrong with it, widget by widget."""
    slugs = dict(_projects(organization).values_list("slug", "pk"))
    _, problems = read_written(entry, slugs, known=("id",))
    if entry.get("id") and not identify(entry):
        problems.append(Problem("id", "an id has letters, digits and hyphens"))
    return problems


def save(organization: Organization, slug: str, entry: Entry, author: Author) -> None:
    """Make or change it. A file writes over what was changed on the pages."""
    slugs = dict(_projects(organization).values_list("slug", "pk"))
    draft, _ = read_written(entry, slugs, known=("id",))
    row = Dashboard.objects.filter(organization=organization, slug=slug).first()
    if row is None:
        Dashboard.objects.create(
            organization=organization,
            owner=author.user,
            slug=slug,
            title=draft.title,
            description=draft.description,
            is_shared=True,
            is_from_file=author.is_file,
            body=write_body(draft.content),
        )
        return
    saving.change(
        row,
        revision=row.revision,
        content=draft.content,
        title=draft.title,
        description=draft.description,
    )
    Dashboard.objects.filter(pk=row.pk).update(is_from_file=author.is_file)


def remove(organization: Organization, slug: str, author: Author) -> None:
    """Delete it with its secret links."""
    Dashboard.objects.filter(organization=organization, slug=slug).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = Dashboard.objects.filter(organization=organization, is_from_file=True)
    return {slug for slug in rows.values_list("slug", flat=True) if slug}


def names(entry: Entry) -> set[str]:
    """The projects of its filter."""
    filters = entry.get("filters")
    found = filters.get("projects") if isinstance(filters, dict) else None
    return {str(one) for one in found} if isinstance(found, list) else set()


def _written(row: Dashboard, content: Content, slugs: Mapping[int, str]) -> Entry:
    return {"id": row.slug, **write_written(row.title, row.description, content, slugs)}


def _projects(organization: Organization) -> QuerySet[Project]:
    return Project.objects.filter(organization=organization)


KIND = ConfigurationKind(
    name="dashboards",
    order=40,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    names=names,
    most=saving.MOST_OF_AN_ORGANIZATION,
)
