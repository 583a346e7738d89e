"""What the pipeline asks of the rest of the product; `vedette.reactions` implements it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from vedette.facts import EventSeen, Fact
from vedette.pipeline.settings import ProjectSettings
from vedette.sourcemaps.lookup import Found, Question
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion


class DomainUnavailable(Exception):
    """The metadata cannot be reached at this moment: nothing is wrong with the batch."""


class Domain(Protocol):
    """The metadata's side of a batch. Implementations may block; all raise DomainUnavailable."""

    def position(self, writer: str) -> int:
        """The position up to which this writer's records have had their effect."""
        ...

    def collect(self, events: Sequence[EventSeen]) -> list[EventSeen]:
        """The events, those that may not make an issue of their own moved to a shared group.

        One for one and in order; asked before anything of the batch is written. Events that an
        earlier version of the grouping knows are given to their issues here.
        """
        ...

    def apply(self, facts: Sequence[Fact], *, writer: str, position: int) -> None:
        """React to the facts and note the position, all in one transaction."""
        ...

    def settings(self) -> Mapping[int, ProjectSettings]:
        """The settings of every project by its id; absent projects are gone."""
        ...

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        """Which debug files there are for the images of an event, in order."""
        ...

    def artifacts(self, question: Question) -> list[Found]:
        """Which source maps there are for the scripts of an event, in order."""
        ...

    def artifacts_version(self, project_id: int) -> int:
        """The version of a project's uploaded files, as it is now; 0 for none."""
        ...

    def wanted(self) -> frozenset[str]:
        """The tags of the facts that somebody reacts to; others need not be raised."""
        ...
