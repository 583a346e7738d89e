"""Issue trackers, as files write them; secrets are written, never read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.accounts.models import Organization
from vedette.alerts.secrets import names_of_secrets, set_secrets
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.rules.problems import Problem
from vedette.trackers.hosts import hosts
from vedette.trackers.models import SWITCHES, Tracker

HIDDEN = "(set)"
_OWN = ("id", "name", "kind", "enabled", *SWITCHES)


def current(organization: Organization) -> dict[str, Entry]:
    """Every tracker; a secret that is set stands as `(set)`."""
    rows = Tracker.objects.filter(organization=organization)
    return {row.slug: written(row) for row in rows.order_by("slug")}


def written(row: Tracker) -> Entry:
    """One tracker as a file writes it."""
    made: Entry = {"id": row.slug, "name": row.name, "kind": row.kind, **row.settings}
    made |= dict.fromkeys(sorted(names_of_secrets(row)), HIDDEN)
    made |= {name: False for name in SWITCHES if not getattr(row, name)}
    if not row.is_enabled:
        made["enabled"] = False
    return made


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """Kind, fields, switches."""
    host = hosts().get(str(entry.get("kind", "")))
    if not slug_of(entry):
        return [Problem("name", "give the tracker a name")]
    if host is None:
        return [Problem("kind", f"a tracker is one of {', '.join(hosts())}")]
    names = {field.name for field in host.fields}
    problems = [
        Problem(key, f"a {host.label} tracker has no {key}")
        for key in entry
        if key not in names and key not in _OWN
    ]
    has = _held_secrets(organization, slug_of(entry))
    for field in host.fields:
        if field.is_needed and not entry.get(field.name) and field.name not in has:
            problems.append(Problem(field.name, f"{field.label} is needed"))
    for name in (*SWITCHES, "enabled"):
        if not isinstance(entry.get(name, True), bool):
            problems.append(Problem(name, "true or false"))
    if not problems:
        settings = {name: str(value) for name, value in entry.items() if name in names}
        problems += [Problem(path, words) for path, words in host.check(settings).items()]
    return problems


def save(organization: Organization, slug: str, entry: Entry, author: Author) -> None:
    """Make or change it. A changed tracker is asked again if it was broken."""
    host = hosts()[str(entry["kind"])]
    row = Tracker.objects.filter(organization=organization, slug=slug).first()
    row = row or Tracker(organization=organization, slug=slug)
    row.name, row.kind = str(entry.get("name", slug))[:100], host.name
    plain = [field.name for field in host.fields if not field.is_secret]
    row.settings = {name: entry[name] for name in plain if entry.get(name) not in (None, "")}
    given: dict[str, Any] = {
        field.name: str(entry[field.name])
        for field in host.fields
        if field.is_secret and entry.get(field.name) not in (None, "", HIDDEN)
    }
    set_secrets(row, given)
    for name in SWITCHES:
        setattr(row, name, bool(entry.get(name, True)))
    row.is_enabled = bool(entry.get("enabled", True))
    row.is_from_file = author.is_file
    row.broken_at, row.broken_why, row.paused_until = None, "", None
    row.save()


def remove(organization: Organization, slug: str) -> None:
    """Forget it with its links; nothing changes there."""
    Tracker.objects.filter(organization=organization, slug=slug).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = Tracker.objects.filter(organization=organization, is_from_file=True)
    return set(rows.values_list("slug", flat=True))


def _held_secrets(organization: Organization, slug: str) -> set[str]:
    row = Tracker.objects.filter(organization=organization, slug=slug).first()
    return names_of_secrets(row) if row else set()


KIND = ConfigurationKind(
    name="trackers",
    order=5,
    current=current,
    identify=slug_of,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
)
