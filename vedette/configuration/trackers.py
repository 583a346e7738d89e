"""Issue trackers, as files write them; secrets are written, never read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.accounts.models import Organization
from vedette.alerts.secrets import HIDDEN, names_of_secrets, set_secrets, to_write_anew
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.rules.problems import Problem
from vedette.trackers.hosts import TrackerHost, hosts
from vedette.trackers.models import SWITCHES, Tracker

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
    problems += _check_secrets(organization, host, entry)
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
    plain = [field.name for field in host.fields if not field.is_secret]
    settings = {name: entry[name] for name in plain if entry.get(name) not in (None, "")}
    given: dict[str, Any] = {
        field.name: str(entry[field.name])
        for field in host.fields
        if field.is_secret and entry.get(field.name) not in (None, "", HIDDEN)
    }
    if row.pk and to_write_anew(row, host.name, host.fields, entry):
        row.secrets = ""  # those of another kind
    set_secrets(row, given)
    row.name, row.kind = str(entry.get("name", slug))[:100], host.name
    row.settings = settings
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


def _check_secrets(organization: Organization, kind: TrackerHost, entry: Entry) -> list[Problem]:
    """Secrets do not follow a change of where they go."""
    row = Tracker.objects.filter(organization=organization, slug=slug_of(entry)).first()
    names = to_write_anew(row, kind.name, kind.fields, entry) if row is not None else set()
    known = {field.name for field in kind.fields}
    words = "write it anew: it would go to another address"
    return [Problem(name, words) for name in sorted(names & known)]


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
