"""Connections, as files write them: kind, settings by name; secrets are written, never read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.connections import ConnectionKind
from vedette.connections.family import Family, Row
from vedette.connections.secrets import HIDDEN, names_of_secrets, set_secrets, to_write_anew
from vedette.rules.problems import Problem

_OWN = ("id", "name", "kind")
_EMPTY = (None, "")


def kind_of(family: Family[Row], *, order: int) -> ConfigurationKind:
    """The kind of configuration of a family."""
    entries = _Entries(family)
    return ConfigurationKind(
        name=family.name,
        order=order,
        current=entries.current,
        identify=slug_of,
        check=entries.check,
        save=entries.save,
        remove=entries.remove,
        applied=entries.applied,
    )


@dataclass(frozen=True, slots=True)
class _Entries(Generic[Row]):
    """The entries of a family."""

    family: Family[Row]

    def current(self, organization: Organization) -> dict[str, Entry]:
        """Every connection; a secret that is set stands as `(set)`."""
        rows = self.family.of(organization).order_by("slug")
        return {row.slug: self._written(row) for row in rows}

    def _written(self, row: Row) -> Entry:
        made: Entry = {"id": row.slug, "name": row.name, "kind": row.kind, **row.settings}
        made |= dict.fromkeys(sorted(names_of_secrets(row)), HIDDEN)
        held = {one.name: getattr(row, one.column) for one in self.family.options}
        return made | {
            one.name: held[one.name] for one in self.family.options if held[one.name] != one.default
        }

    def check(
        self, organization: Organization, entry: Entry, known: Mapping[str, set[str]]
    ) -> list[Problem]:
        """Kind, fields, secrets, options."""
        kinds, noun = self.family.kinds(), self.family.noun
        kind = kinds.get(str(entry.get("kind", "")))
        if not slug_of(entry):
            return [Problem("name", f"give the {noun} a name")]
        if kind is None:
            return [Problem("kind", f"a {noun} is one of {', '.join(kinds)}")]
        row = self._find(organization, slug_of(entry))
        problems = self._check_keys(kind, entry)
        problems += _check_fields(kind, entry, known, names_of_secrets(row) if row else set())
        problems += _check_secrets(kind, entry, row)
        if not problems:
            settings = {one.name: str(entry[one.name]) for one in kind.fields if one.name in entry}
            problems += [Problem(path, words) for path, words in kind.check(settings).items()]
        for one in self.family.options:
            wrong = one.wrong(entry.get(one.name, one.default), known)
            problems += [Problem(one.name, wrong)] if wrong else []
        return problems

    def _check_keys(self, kind: ConnectionKind, entry: Entry) -> list[Problem]:
        """Only what the kind knows, and each a single value."""
        names = {*_OWN, *(one.name for one in kind.fields)}
        names |= {one.name for one in self.family.options}
        problems = [
            Problem(key, f"a {kind.label} {self.family.noun} has no {key}")
            for key in entry
            if key not in names
        ]
        lists = [key for key, value in entry.items() if isinstance(value, dict | list)]
        return problems + [Problem(key, "one text is needed") for key in lists]

    def save(self, organization: Organization, slug: str, entry: Entry, author: Author) -> None:
        """Make or change it. A changed connection is tried again if it was broken."""
        kind = self.family.kinds()[str(entry["kind"])]
        row = self._find(organization, slug)
        row = row or self.family.model(organization=organization, slug=slug)
        if row.pk and to_write_anew(row, kind.name, kind.fields, entry):
            row.secrets = ""  # those of another kind
        set_secrets(row, _secrets_in(kind, entry))
        row.name, row.kind = str(entry.get("name", slug))[:100], kind.name
        row.settings = _settings_in(kind, entry)
        for one in self.family.options:
            given = entry.get(one.name, one.default)
            setattr(row, one.column, type(one.default)(given or type(one.default)()))
        row.is_from_file = author.is_file
        row.broken_at, row.broken_why, row.paused_until = None, "", None
        row.save()

    def remove(self, organization: Organization, slug: str, author: Author) -> None:
        """Delete it, with what belongs to it here; nothing changes on the other side."""
        self.family.of(organization).filter(slug=slug).delete()

    def applied(self, organization: Organization) -> set[str]:
        """Those that came from files."""
        rows = self.family.of(organization).filter(is_from_file=True)
        return set(rows.values_list("slug", flat=True))

    def _find(self, organization: Organization, slug: str) -> Row | None:
        return self.family.of(organization).filter(slug=slug).first()


def _check_fields(
    kind: ConnectionKind, entry: Entry, known: Mapping[str, set[str]], has: set[str]
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


def _check_secrets(kind: ConnectionKind, entry: Entry, row: Row | None) -> list[Problem]:
    """Secrets do not follow a change of where they go."""
    names = to_write_anew(row, kind.name, kind.fields, entry) if row is not None else set()
    known = {field.name for field in kind.fields}
    words = "write it anew: it would go to another address"
    return [Problem(name, words) for name in sorted(names & known)]


def _secrets_in(kind: ConnectionKind, entry: Entry) -> dict[str, str]:
    """The secrets that an entry brings along."""
    names = [field.name for field in kind.fields if field.is_secret]
    return {name: str(entry[name]) for name in names if entry.get(name) not in (*_EMPTY, HIDDEN)}


def _settings_in(kind: ConnectionKind, entry: Entry) -> dict[str, Any]:
    names = [field.name for field in kind.fields if not field.is_secret]
    return {name: entry[name] for name in names if entry.get(name) not in _EMPTY}
