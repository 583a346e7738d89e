"""Monitors and jobs, as files write them; `id` is `project/slug`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.monitors import saving
from vedette.monitors.drafts import Draft, read_draft
from vedette.monitors.entries import plain, written
from vedette.monitors.kinds import monitor_kinds, secrets_of, to_write_anew
from vedette.monitors.models import Monitor
from vedette.projects.models import Project
from vedette.rules.problems import Problem

_OWN = ("project",)


def current(organization: Organization) -> dict[str, Entry]:
    """Every monitor."""
    rows = Monitor.objects.filter(project__organization=organization)
    rows = rows.select_related("project").prefetch_related("depends_on")
    ordered = rows.order_by("project__slug", "slug")
    return {f"{row.project.slug}/{row.slug}": written(row) for row in ordered}


def identify(entry: Entry) -> str:
    """`project/slug`; the slug is made of the name if there is none."""
    slug = slug_of(entry, most=60)
    project = str(entry.get("project", ""))
    return f"{project}/{slug}" if slug and project else ""


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """The monitor itself, its project, the channels that it names."""
    problems = []
    project = Project.objects.filter(
        organization=organization, slug=str(entry.get("project", ""))
    ).first()
    if project is None:
        problems.append(Problem("project", f"there is no project {entry.get('project') or ''}"))
    if entry.get("id") and not slug_of(entry):
        problems.append(Problem("id", "an id has letters, digits and hyphens"))
    row = _row(organization, identify(entry))
    held = secrets_of(row) if row is not None else {}
    draft, found = read_draft(plain(entry, held), secrets=held, known=_OWN)
    missing = [name for name in draft.notify if name not in known.get("channels", ())]
    if missing:
        found = [*found, Problem("notify", f"there is no channel {missing[0]}")]
    return [*problems, *found, *_unwritten(row, draft, entry)]


def save(organization: Organization, identity: str, entry: Entry, author: Author) -> None:
    """Make or change it."""
    row = _row(organization, identity)
    held = secrets_of(row) if row is not None else {}
    draft, _ = read_draft(plain(entry, held), secrets=held, known=_OWN)
    project_slug, _, slug = identity.partition("/")
    if row is not None:
        saving.change(row, draft, by=author.user, is_from_file=author.is_file)
        return
    project = Project.objects.get(organization=organization, slug=project_slug)
    draft = replace(draft, slug=slug)
    saving.create(project, draft, by=author.user, is_from_file=author.is_file)


def remove(organization: Organization, identity: str, author: Author) -> None:
    """Delete it with what was judged of it."""
    row = _row(organization, identity)
    if row is not None:
        saving.remove(row)


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = Monitor.objects.filter(project__organization=organization, is_from_file=True)
    return {f"{project}/{slug}" for project, slug in rows.values_list("project__slug", "slug")}


def _row(organization: Organization, identity: str) -> Monitor | None:
    project, _, slug = identity.partition("/")
    rows = Monitor.objects.filter(project__organization=organization, project__slug=project)
    return rows.select_related("project").filter(slug=slug).first()


def _unwritten(row: Monitor | None, draft: Draft, entry: Entry) -> list[Problem]:
    """Secrets that would go elsewhere by this change and were not written anew."""
    kind = monitor_kinds().get(draft.kind)
    if row is None or kind is None:
        return []
    missing = to_write_anew(row, draft.kind, kind.fields, entry) - draft.forgotten
    return [Problem(name, "write it again: it would go elsewhere") for name in sorted(missing)]


KIND = ConfigurationKind(
    name="monitors",
    order=35,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    most=saving.MOST_OF_AN_ORGANIZATION,
)
