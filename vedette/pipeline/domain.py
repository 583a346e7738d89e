"""What the pipeline asks of the rest of the product; `vedette.issues` implements it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.work import IssueUpdate


class DomainUnavailable(Exception):
    """The metadata cannot be reached at this moment: nothing is wrong with the batch."""


class Domain(Protocol):
    """The metadata's side of a batch. Implementations may block; all raise DomainUnavailable."""

    def position(self, writer: str) -> int:
        """The position up to which this writer's records have had their effect."""
        ...

    def apply(self, updates: Sequence[IssueUpdate], *, writer: str, position: int) -> None:
        """Write the issue updates and the position in one transaction."""
        ...

    def scrubbing(self) -> Mapping[int, ScrubSettings]:
        """The scrubbing settings of every project by its id; absent projects are gone."""
        ...
