"""The metadata's side of a batch: all reactions and the spool position in one transaction.

Implements `vedette.pipeline.domain.Domain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from vedette.artifacts.lookup import find_maps
from vedette.artifacts.symbol_lookup import find_symbols
from vedette.config import Config
from vedette.control.for_pipeline import load_settings
from vedette.facts import EventSeen, Fact
from vedette.issues.overflow import Overflow
from vedette.issues.positions import Positions
from vedette.issues.renewal import adopt, has_former_keys
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.settings import ProjectSettings
from vedette.projects.models import Project
from vedette.reactions import answer, reactions
from vedette.sourcemaps.lookup import Found, Question
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion

_PROGRAM_LIMIT = "54"  # the class of PostgreSQL's codes


class ReactingDomain:
    """Applies batches. Safe for threads as long as one applies at a time."""

    def __init__(self, config: Config, *, issues_per_hour: int) -> None:
        self._config = config
        self._positions = Positions(config.spool_folder)
        self._overflow = Overflow(issues_per_hour)
        self._wanted = frozenset(
            str(fact.__struct_config__.tag) for reaction in reactions() for fact in reaction.facts
        )

    def position(self, writer: str) -> int:
        """See `Domain`."""
        with reaching():
            return self._positions.of(writer)

    def collect(self, events: Sequence[EventSeen]) -> list[EventSeen]:
        """See `Domain`."""
        with reaching():
            return self._overflow.collect(adopt(events))

    def apply(self, facts: Sequence[Fact], *, writer: str, position: int) -> None:
        """See `Domain`."""
        with reaching(), transaction.atomic():
            answer(facts)
            self._positions.move(writer, position)

    def settings(self) -> Mapping[int, ProjectSettings]:
        """See `Domain`."""
        with reaching():
            return load_settings(self._config, has_former_keys=has_former_keys())

    def symbols(self, question: SymbolQuestion) -> list[FoundSymbols]:
        """See `Domain`."""
        with reaching():
            return find_symbols(question)

    def artifacts(self, question: Question) -> list[Found]:
        """See `Domain`."""
        with reaching():
            return find_maps(question)

    def artifacts_version(self, project_id: int) -> int:
        """See `Domain`."""
        with reaching():
            found = Project.objects.filter(pk=project_id).values_list("artifacts_version")
            return max((version for (version,) in found), default=0)

    def wanted(self) -> frozenset[str]:
        """See `Domain`."""
        return self._wanted


@contextmanager
def reaching() -> Iterator[None]:
    """Says in the pipeline's words that the database cannot be reached.

    What a database that answers will never take is another fault: tried for ever it would hold
    everything behind it, so it is told as it is, and set aside after some tries.
    """
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if str(getattr(error.__cause__, "sqlstate", "")).startswith(_PROGRAM_LIMIT):
            raise
        raise DomainUnavailable(f"the metadata cannot be reached: {error}") from error
