"""The keys that are about releases: `release:latest`, and versions in their order.

What releases there are, and in which order, is not known to the store: `Releases` says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from vedette.search.errors import BadValue
from vedette.search.targets import Matched, Target, Text
from vedette.search.tree import Scalar
from vedette.store.query import (
    All,
    Compare,
    Comparison,
    Condition,
    Either,
    Field,
    Matches,
    OneOf,
    Present,
)

LATEST = "latest"
_RELEASE = Field("release")


class NewestRelease(NamedTuple):
    """The newest release of a project, or of one environment of it (else empty)."""

    project_id: int
    environment: str
    version: str


class Releases(Protocol):
    """The releases of the projects that a search looks at."""

    def latest(self) -> Sequence[NewestRelease]:
        """The newest of each project, and of each environment if some are chosen."""
        ...

    def by_version(self, comparison: Comparison, text: str) -> Sequence[str]:
        """The names of those whose version stands so to this one. Raises BadValue."""
        ...

    def by_build(self, comparison: Comparison, text: str) -> Sequence[str]:
        """The names of those whose numeric build stands so to this one. Raises BadValue."""
        ...


class NoReleases:
    """For a search without projects: nothing is known."""

    def latest(self) -> Sequence[NewestRelease]:
        """None."""
        return ()

    def by_version(self, comparison: Comparison, text: str) -> Sequence[str]:
        """Refused: there is nothing to compare with."""
        raise BadValue(f"versions cannot be compared with {comparison} here")

    def by_build(self, comparison: Comparison, text: str) -> Sequence[str]:
        """Refused: there is nothing to compare with."""
        raise BadValue(f"builds cannot be compared with {comparison} here")


@dataclass(frozen=True, slots=True)
class Named:
    """The column of releases, where `latest` stands for the newest ones."""

    name: Text
    releases: Releases

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """This release, or the newest."""
        if str(value).lower() == LATEST:
            return Either([_is(one) for one in self.releases.latest()])
        return self.name.equals(value, is_wildcard=is_wildcard)

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these."""
        named = [value for value in values if str(value).lower() != LATEST]
        found: list[Condition] = [self.name.one_of(named)] if named else []
        if len(named) < len(values):
            found.append(self.equals(LATEST, is_wildcard=False))
        return found[0] if len(found) == 1 else Either(found)

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Whole names have no order, their versions have."""
        raise BadValue(f"release cannot be compared with {comparison}; release.version can")


@dataclass(frozen=True, slots=True)
class InOrder:
    """A part of the name: equal by its text, compared by the order of the releases."""

    part: Matched
    names: Callable[[Comparison, str], Sequence[str]]

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """By the text."""
        return self.part.equals(value, is_wildcard=is_wildcard)

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these texts."""
        return self.part.one_of(values)

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Events of the releases that stand so to this one."""
        return OneOf(_RELEASE, list(self.names(comparison, str(value))))


def release(key: str, releases: Releases) -> Target:
    """`release:`"""
    return Named(Text(key, _RELEASE), releases)


def version(key: str, releases: Releases) -> Target:
    """`release.version:`"""

    def match(pattern: str) -> Condition:
        spellings = (pattern, f"{pattern}+*", f"*@{pattern}", f"*@{pattern}+*")
        return Either([Matches(_RELEASE, one) for one in spellings])

    return InOrder(Matched(key, Present(_RELEASE), match), releases.by_version)


def package(key: str, releases: Releases) -> Target:
    """`release.package:`"""
    return Matched(key, Matches(_RELEASE, "*@*"), lambda text: Matches(_RELEASE, f"{text}@*"))


def build(key: str, releases: Releases) -> Target:
    """`release.build:`"""
    part = Matched(key, Matches(_RELEASE, "*+*"), lambda text: Matches(_RELEASE, f"*+{text}"))
    return InOrder(part, releases.by_build)


def _is(one: NewestRelease) -> Condition:
    parts: list[Condition] = [
        Compare(Field("project_id"), "=", one.project_id),
        Compare(_RELEASE, "=", one.version),
    ]
    if one.environment:
        parts.append(Compare(Field("environment"), "=", one.environment))
    return All(parts)
