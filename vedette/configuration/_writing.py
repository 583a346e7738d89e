"""Writing one entry, as forms and the API do: checked, then saved, or every mistake told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry, kinds
from vedette.configuration._bounds import beyond
from vedette.configuration._plain import problems_of
from vedette.rules.problems import Problem


def kind_named(name: str) -> ConfigurationKind | None:
    """The kind that files call so."""
    return next((kind for kind in kinds() if kind.name == name), None)


def the_kind(name: str) -> ConfigurationKind:
    """A kind that must be there."""
    found = kind_named(name)
    assert found is not None, f"there is no kind of configuration {name}"
    return found


def known_names(organization: Organization) -> dict[str, set[str]]:
    """What entries may name: the identities of every kind."""
    return {kind.name: set(kind.current(organization)) for kind in kinds()}


def mistakes_in(organization: Organization, kind: ConfigurationKind, entry: Entry) -> list[Problem]:
    """What is wrong with an entry beside what the organisation already has."""
    return problems_of(kind, organization, entry, known_names(organization))


def write(
    organization: Organization,
    kind: ConfigurationKind,
    entry: Entry,
    author: Author,
    *,
    is_new: bool = False,
) -> list[Problem]:
    """Make or change an entry. Returns its mistakes, with which nothing is saved.

    With `is_new` an identity that is already there gets a number of its own instead.
    """
    problems = mistakes_in(organization, kind, entry)
    if problems:
        return problems
    with transaction.atomic():
        held = kind.current(organization)
        entry = _apart(kind, entry, held) if is_new else entry
        identity = kind.identify(entry)
        problems = [problem for _, problem in beyond(kind, held, [identity])]
        if not problems:
            kind.save(organization, identity, entry, author)
    return problems


def mistakes_in_each(
    organization: Organization, kind: ConfigurationKind, entries: Iterable[Entry]
) -> list[list[Problem]]:
    """What is wrong with each of many entries; what they may name is read once."""
    known = known_names(organization)
    return [problems_of(kind, organization, entry, known) for entry in entries]


def write_new(
    organization: Organization, kind: ConfigurationKind, entries: Sequence[Entry], author: Author
) -> list[list[Problem]]:
    """Make many at once, each under an identity of its own; the mistakes of those that are not."""
    found = mistakes_in_each(organization, kind, entries)
    with transaction.atomic():
        held = dict(kind.current(organization))
        for entry, problems in zip(entries, found, strict=True):
            if problems:
                continue
            made = _apart(kind, entry, held)
            identity = kind.identify(made)
            problems += [problem for _, problem in beyond(kind, held, [identity])]
            if not problems:
                kind.save(organization, identity, made, author)
                held[identity] = made
    return found


def _apart(kind: ConfigurationKind, entry: Entry, held: Mapping[str, Entry]) -> Entry:
    """The entry under an identity that nothing has."""
    identity = kind.identify(entry)
    slug = identity.rpartition("/")[2]
    number = 2
    while kind.identify(entry) in held:
        entry = {**entry, "id": f"{slug[:50]}-{number}"}
        number += 1
    return entry
