"""What projects have set of the detectors of performance problems; `project` is the identity."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.detecting import settings
from vedette.detecting.models import DetectorChoice
from vedette.projects.models import Project
from vedette.rules.problems import Problem


def current(organization: Organization) -> dict[str, Entry]:
    """Every project that has set something."""
    rows = DetectorChoice.objects.filter(project__organization=organization)
    projects = [row.project for row in rows.select_related("project").order_by("project__slug")]
    return {
        one.slug: {"project": one.slug, "set": chosen}
        for one in projects
        if (chosen := settings.chosen_of(one))
    }


def identify(entry: Entry) -> str:
    """The project's short name."""
    return str(entry.get("project") or "")


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """The project, and each detector with its thresholds."""
    found = []
    slug = str(entry.get("project") or "")
    if not Project.objects.filter(organization=organization, slug=slug).exists():
        found.append(Problem("project", f"there is no project {slug}"))
    for key in entry:
        if key == "id" and entry[key] == slug:
            continue  # as the API names it
        if key not in ("project", "set"):
            found.append(Problem(str(key), f"detectors have no {key}"))
    for one in settings.check(entry.get("set")):
        found.append(Problem(f"set.{one.path}" if one.path else "set", one.words))
    return found


def save(organization: Organization, identity: str, entry: Entry, author: Author) -> None:
    """Make it so; what is not written is as it is by default."""
    project = Project.objects.get(organization=organization, slug=identity)
    settings.save(project, entry["set"], is_from_file=author.is_file)


def remove(organization: Organization, identity: str, author: Author) -> None:
    """Back to the defaults."""
    DetectorChoice.objects.filter(
        project__organization=organization, project__slug=identity
    ).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = DetectorChoice.objects.filter(project__organization=organization, is_from_file=True)
    return set(rows.values_list("project__slug", flat=True))


KIND = ConfigurationKind(
    name="detectors",
    order=40,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    most=10_000,
    needs=Action.ADMINISTER_PROJECT,
)
