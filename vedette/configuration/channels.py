"""Channels, as files write them: kind, settings by name; secrets are written, never read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.accounts.models import Organization
from vedette.alerts.models import Channel
from vedette.alerts.secrets import HIDDEN, names_of_secrets, set_secrets, to_write_anew
from vedette.channels import ChannelKind, channels
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.rules.problems import Problem

_OWN = ("id", "name", "kind", "enabled", "fallback", "most_messages")


def current(organization: Organization) -> dict[str, Entry]:
    """Every channel; a secret that is set stands as `(set)`."""
    rows = Channel.objects.filter(organization=organization)
    return {row.slug: written(row) for row in rows.order_by("slug")}


def written(row: Channel) -> Entry:
    """One channel as a file writes it."""
    made: Entry = {"id": row.slug, "name": row.name, "kind": row.kind, **row.settings}
    made |= dict.fromkeys(sorted(names_of_secrets(row)), HIDDEN)
    if not row.is_enabled:
        made["enabled"] = False
    if row.fallback:
        made["fallback"] = row.fallback
    if row.most_messages != _default_most():
        made["most_messages"] = row.most_messages
    return made


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """Kind, fields, fallback."""
    kind = channels().get(str(entry.get("kind", "")))
    if not slug_of(entry):
        return [Problem("name", "give the channel a name")]
    if kind is None:
        return [Problem("kind", f"a channel is one of {', '.join(channels())}")]
    names = {field.name for field in kind.fields}
    problems = _check_keys(entry, kind, names)
    problems += _check_fields(kind, entry, known, _held_secrets(organization, slug_of(entry)))
    problems += _check_secrets(organization, kind, entry)
    settings = {name: str(value) for name, value in entry.items() if name in names}
    if not problems:
        problems += [Problem(path, words) for path, words in kind.check(settings).items()]
    fallback = entry.get("fallback")
    if fallback and str(fallback) not in known.get("channels", set()):
        problems.append(Problem("fallback", f"there is no channel {fallback}"))
    most = entry.get("most_messages", 0)
    if not isinstance(most, int) or not 0 <= most <= 10_000:
        problems.append(Problem("most_messages", "a number from 0 (no limit) to 10,000"))
    return problems


def _check_fields(
    kind: ChannelKind, entry: Entry, known: Mapping[str, set[str]], has: set[str]
) -> list[Problem]:
    """What is missing, and what names something that is not there."""
    problems = []
    for field in kind.fields:
        value = entry.get(field.name)
        if field.is_needed and not value and field.name not in has:
            problems.append(Problem(field.name, f"{field.label} is needed"))
        if field.names and value and str(value) not in known.get(field.names, set()):
            problems.append(Problem(field.name, f"there is no {field.label.lower()} {value}"))
    return problems


def _check_keys(entry: Entry, kind: ChannelKind, names: set[str]) -> list[Problem]:
    """Only what the kind knows, and each a single value."""
    problems = [
        Problem(key, f"a {kind.label} channel has no {key}")
        for key in entry
        if key not in names and key not in _OWN
    ]
    lists = [key for key, value in entry.items() if isinstance(value, dict | list)]
    return problems + [Problem(key, "one text is needed") for key in lists]


def save(organization: Organization, slug: str, entry: Entry, author: Author) -> None:
    """Make or change it. A changed channel is tried again if it was broken."""
    kind = channels()[str(entry["kind"])]
    row = Channel.objects.filter(organization=organization, slug=slug).first()
    row = row or Channel(organization=organization, slug=slug)
    secret = {field.name for field in kind.fields if field.is_secret}
    plain = [field.name for field in kind.fields if not field.is_secret]
    settings = {name: entry[name] for name in plain if entry.get(name) not in (None, "")}
    given: dict[str, Any] = {
        name: str(entry[name]) for name in secret if entry.get(name) not in (None, "", HIDDEN)
    }
    if row.pk and to_write_anew(row, kind.name, kind.fields, entry):
        row.secrets = ""  # those of another kind
    set_secrets(row, given)
    row.name, row.kind = str(entry.get("name", slug))[:100], kind.name
    row.settings = settings
    row.is_enabled = bool(entry.get("enabled", True))
    row.most_messages = int(entry.get("most_messages", _default_most()))
    row.is_from_file = author.is_file
    row.broken_at, row.broken_why, row.paused_until = None, "", None
    row.fallback = str(entry.get("fallback") or "")
    row.save()


def remove(organization: Organization, slug: str) -> None:
    """Delete it, with what still waits for it."""
    Channel.objects.filter(organization=organization, slug=slug).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = Channel.objects.filter(organization=organization, is_from_file=True)
    return set(rows.values_list("slug", flat=True))


def _held_secrets(organization: Organization, slug: str) -> set[str]:
    row = Channel.objects.filter(organization=organization, slug=slug).first()
    return names_of_secrets(row) if row else set()


def _check_secrets(organization: Organization, kind: ChannelKind, entry: Entry) -> list[Problem]:
    """Secrets do not follow a change of where they go."""
    row = Channel.objects.filter(organization=organization, slug=slug_of(entry)).first()
    names = to_write_anew(row, kind.name, kind.fields, entry) if row is not None else set()
    known = {field.name for field in kind.fields}
    words = "write it anew: it would go to another address"
    return [Problem(name, words) for name in sorted(names & known)]


def _default_most() -> int:
    return int(Channel._meta.get_field("most_messages").default)


KIND = ConfigurationKind(
    name="channels",
    order=10,
    current=current,
    identify=slug_of,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
)
