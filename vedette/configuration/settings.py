"""What is set of projects, and of all of an organisation's (`project: "*"`), group by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.control.choosing import choose
from vedette.control.models import Choice
from vedette.control.places import Place
from vedette.options import Level, groups
from vedette.options._resolving import check as check_group
from vedette.options._resolving import present
from vedette.projects.models import Project
from vedette.rules.problems import Problem

EVERY = "*"  # project: all that say nothing themselves


def current(organization: Organization) -> dict[str, Entry]:
    """What each place has chosen, by group."""
    made: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in _rows(organization).order_by("group"):
        if row.group in groups():
            made[_identity(row)][row.group] = present(groups()[row.group], row.chosen)
    return {slug: {"project": slug, "set": made[slug]} for slug in sorted(made)}


def _rows(organization: Organization) -> Any:
    own = Choice.objects.filter(organization=organization)
    return (own | Choice.objects.filter(project__organization=organization)).select_related(
        "project"
    )


def _identity(row: Choice) -> str:
    return row.project.slug if row.project is not None else EVERY


def identify(entry: Entry) -> str:
    """The project's short name, or a star."""
    return str(entry.get("project") or entry.get("id") or "")


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """The project, and each group with its options."""
    slug = identify(entry)
    found = []
    if slug != EVERY and not Project.objects.filter(organization=organization, slug=slug).exists():
        found.append(Problem("project", f"there is no project {slug}; {EVERY} is all of them"))
    found += [
        Problem(str(key), f"settings have no {key}")
        for key in entry
        if key not in ("project", "set", "id")
    ]
    held = entry.get("set")
    if not isinstance(held, dict):
        return [*found, Problem("set", "is written as {group: {option: value}}")]
    level = Level.ORGANIZATION if slug == EVERY else Level.PROJECT
    for name, chosen in held.items():
        group = groups().get(str(name))
        if group is None or level not in group.levels:
            found.append(Problem(f"set.{name}", f"no group; there are {', '.join(groups())}"))
            continue
        problems = check_group(group, chosen, level)
        found += [Problem(f"set.{name}.{one.path}", one.words) for one in problems]
    return found


def save(organization: Organization, identity: str, entry: Entry, author: Author) -> None:
    """Make it so; groups that are not written are as they are inherited."""
    place = _place(organization, identity)
    for group in groups().values():
        if place.level in group.levels:
            choose(
                place,
                group,
                entry["set"].get(group.name, {}),
                who=author.name,
                address=author.address,
                via="file" if author.is_file else "API",
            )


def remove(organization: Organization, identity: str, author: Author) -> None:
    """Everything is inherited again."""
    save(organization, identity, {"set": {}}, author)


def _place(organization: Organization, identity: str) -> Place:
    if identity == EVERY:
        return Place(organization=organization)
    return Place(project=Project.objects.get(organization=organization, slug=identity))


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    return {_identity(row) for row in _rows(organization) if row.is_from_file}


def names(entry: Entry) -> set[str]:
    """The project, unless it is about all."""
    return {identify(entry)} - {EVERY, ""}


KIND = ConfigurationKind(
    name="settings",
    order=5,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    names=names,
    most=10_000,
    needs=Action.ADMINISTER_PROJECT,
)
