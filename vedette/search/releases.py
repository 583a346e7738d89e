"""The keys that are about releases: `release:latest`, stages, and versions in their order.

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
    Not,
    OneOf,
    Present,
)

LATEST = "latest"
STAGES = ("adopted", "low_adoption", "replaced")
_RELEASE = Field("release")


class PlacedRelease(NamedTuple):
    """A release of a project, or of one environment of it (else empty)."""

    project_id: int
    environment: str
    version: str


class Releases(Protocol):
    """The releases of the projects that a search looks at."""

    def latest(self) -> Sequence[PlacedRelease]:
        """The newest of each project, and of each environment if some are chosen."""
        ...

    def by_version(self, comparison: Comparison, text: str) -> Sequence[str]:
        """The names of those whose version stands so to this one. Raises BadValue."""
        ...

    def by_build(self, comparison: Comparison, text: str) -> Sequence[str]:
        """The names of those whose numeric build stands so to this one. Raises BadValue."""
        ...

    def in_stage(self, stage: str) -> Sequence[PlacedRelease]:
        """Where releases are in a stage (`STAGES`). Raises BadValue for too many."""
        ...


class NoReleases:
    """For a search without projects: nothing is known."""

    def latest(self) -> Sequence[PlacedRelease]:
        """None."""
        return ()

    def by_version(self, comparison: Comparison, text: str) -> Sequence[str]:
        """Refused: there is nothing to compare with."""
        raise BadValue(f"versions cannot be compared with {comparison} here")

    def by_build(self, comparison: Comparison, text: str) -> Sequence[str]:
        """Refused: there is nothing to compare with."""
        raise BadValue(f"builds cannot be compared with {comparison} here")

    def in_stage(self, stage: str) -> Sequence[PlacedRelease]:
        """None."""
        return ()


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
class Staged:
    """How far a release is in use in the environment of the event."""

    releases: Releases

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """Events of the releases in this stage; of those without a release for no stage."""
        stage = str(value).lower()
        if not stage:
            return Not(Present(_RELEASE))
        if stage not in STAGES:
            raise BadValue(f"{value} is no stage: {', '.join(STAGES)}")
        return _any_of(self.releases.in_stage(stage))

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these stages."""
        return Either([self.equals(value, is_wildcard=False) for value in values])

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Stages have no order."""
        raise BadValue(f"release.stage cannot be compared with {comparison}")


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


def stage(key: str, releases: Releases) -> Target:
    """`release.stage:`"""
    return Staged(releases)


def _any_of(found: Sequence[PlacedRelease]) -> Condition:
    """The releases of each place by one list."""
    places: dict[tuple[int, str], list[str]] = {}
    for one in found:
        places.setdefault((one.project_id, one.environment), []).append(one.version)
    return Either(
        [
            All(
                [
                    Compare(Field("project_id"), "=", project),
                    Compare(Field("environment"), "=", environment),
                    OneOf(_RELEASE, list(versions)),
                ]
            )
            for (project, environment), versions in places.items()
        ]
    )


def _is(one: PlacedRelease) -> Condition:
    parts: list[Condition] = [
        Compare(Field("project_id"), "=", one.project_id),
        Compare(_RELEASE, "=", one.version),
    ]
    if one.environment:
        parts.append(Compare(Field("environment"), "=", one.environment))
    return All(parts)
