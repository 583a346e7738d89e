"""Making an installation what its files say: the difference, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.db import transaction

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry, kinds
from vedette.configuration._bounds import beyond
from vedette.configuration._files import FileMistakes, Mistake, Written
from vedette.configuration._plain import problems_of

What: TypeAlias = Literal["create", "change", "remove"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `before` and `after` are as written; None where there is none.

    `shown` is `after` in the form in which it is going to be exported.
    """

    what: What
    kind: ConfigurationKind
    identity: str
    before: Entry | None
    after: Entry | None
    shown: Entry | None = None

    @property
    def lines(self) -> list[str]:
        """The difference, a line per key: `-` before, `+` after."""
        before, after = self.before or {}, self.shown or self.after or {}
        found = []
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) == after.get(key):
                continue
            if key in before:
                found.append(f"- {key}: {before[key]}")
            if key in after:
                found.append(f"+ {key}: {after[key]}")
        return found


def plan(
    organization: Organization, entries: Sequence[Written], *, prune: bool = False
) -> list[Step]:
    """What has to be done, in order. Raises FileMistakes with every mistake of every file."""
    known = {kind.name: set(kind.current(organization)) for kind in kinds()}
    wanted: dict[str, dict[str, Entry]] = {kind.name: {} for kind in kinds()}
    mistakes: list[Mistake] = []
    for one in entries:
        identity = _kind(one.kind).identify(one.entry)
        if identity and identity in wanted[one.kind]:
            mistakes.append(Mistake(one.file, one.line(""), f"{identity} is there twice"))
        wanted[one.kind][identity] = one.entry
        known[one.kind].add(identity)
    for one in entries:
        for problem in problems_of(_kind(one.kind), organization, one.entry, known):
            mistakes.append(Mistake(one.file, one.line(problem.path), str(problem)))
    if not mistakes:
        mistakes = _too_many(organization, entries, wanted, prune=prune)
    if mistakes:
        raise FileMistakes(mistakes)
    return _steps(organization, wanted, prune=prune)


def _too_many(
    organization: Organization,
    entries: Sequence[Written],
    wanted: Mapping[str, Mapping[str, Entry]],
    *,
    prune: bool,
) -> list[Mistake]:
    """The first entry of each kind that is beyond what there may be."""
    found = []
    for kind in kinds():
        held = set(kind.current(organization))
        mine = wanted[kind.name]
        if prune:
            held -= kind.applied(organization) - mine.keys()
        for identity, problem in beyond(kind, held, mine)[:1]:
            one = next(entry for entry in entries if entry.entry is mine[identity])
            found.append(Mistake(one.file, one.line(problem.path), problem.words))
    return found


def _steps(
    organization: Organization, wanted: Mapping[str, Mapping[str, Entry]], *, prune: bool
) -> list[Step]:
    steps: list[Step] = []
    removed: list[Step] = []
    for kind in kinds():
        held, applied = kind.current(organization), kind.applied(organization)
        mine = wanted[kind.name]
        tried = _tried(kind, organization, {name: mine[name] for name in mine.keys() & held})
        for identity, entry in mine.items():
            before = held.get(identity)
            if before is None:
                steps.append(Step("create", kind, identity, None, entry))
            elif tried[identity] != before or identity not in applied:
                steps.append(Step("change", kind, identity, before, entry, tried[identity]))
        if prune:
            for identity in sorted(applied - mine.keys()):
                removed.append(Step("remove", kind, identity, held.get(identity), None))
    return steps + removed[::-1]


def _tried(
    kind: ConfigurationKind, organization: Organization, entries: Mapping[str, Entry]
) -> dict[str, Entry]:
    """What entries would be once saved: all tried together and taken back."""
    if not entries:
        return {}
    with transaction.atomic():
        for identity, entry in entries.items():
            kind.save(organization, identity, entry, Author(is_file=True))
        after = kind.current(organization)
        transaction.set_rollback(True)
    return after


def carry_out(organization: Organization, steps: Sequence[Step], author: Author) -> None:
    """Do all of it or nothing."""
    with transaction.atomic():
        for step in steps:
            if step.after is None:
                step.kind.remove(organization, step.identity, author)
            else:
                step.kind.save(organization, step.identity, step.after, author)


def everything(organization: Organization) -> dict[str, list[Entry]]:
    """All configuration, as a file writes it."""
    return {kind.name: list(kind.current(organization).values()) for kind in kinds()}


def _kind(name: str) -> ConfigurationKind:
    return next(kind for kind in kinds() if kind.name == name)


__all__ = ["Step", "carry_out", "everything", "plan"]
