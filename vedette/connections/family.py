"""What is true of all connections of a family, such as channels, whatever their kind.

A family is declared once (`vedette.alerts.connecting`, `vedette.trackers.connecting`). Its
entries in files (`vedette.configuration`) and its pages (`vedette.web.connections`) are made from
the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from django.db.models import QuerySet

from vedette.accounts.models import Organization
from vedette.connections import ConnectionKind
from vedette.connections.models import Connection

Row = TypeVar("Row", bound=Connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What may be set of every connection of a family; it stands in an entry if not `default`.

    `column` is where the row keeps it. `names` is the kind of configuration that its value must
    name. A number is from 0 to `most`.
    """

    name: str
    column: str
    label: str
    kind: Literal["check", "number", "select"]
    default: Any
    help: str = ""
    names: str = ""
    most: int = 0

    def wrong(self, value: Any, known: Mapping[str, Set[str]]) -> str:
        """What is wrong with a value, in words; empty if nothing is."""
        if self.kind == "check":
            return "" if isinstance(value, bool) else "true or false"
        if self.kind == "number":
            is_fit = isinstance(value, int) and 0 <= value <= self.most
            return "" if is_fit else f"a number from 0 (no limit) to {self.most:,}"
        if value and str(value) not in known.get(self.names, set()):
            return f"there is no {self.names.removesuffix('s')} {value}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Generic[Row]):
    """A family of connections. `name` is the key of its list in files, `noun` one of them."""

    name: str
    noun: str
    model: type[Row]
    kinds: Callable[[], Mapping[str, ConnectionKind]]
    options: tuple[Option, ...]

    def of(self, organization: Organization) -> QuerySet[Row]:
        """The connections of an organisation."""
        return self.model._default_manager.filter(organization=organization)


def is_on(noun: str) -> Option:
    """Whether a connection is used."""
    return Option(
        name="enabled", column="is_enabled", label=f"The {noun} is on", kind="check", default=True
    )
