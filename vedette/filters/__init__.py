"""DRAWER: one file per inbound filter, `FILTER`, a `Filter`: what is turned away and counted.

A filter looks at what was sent after secrets were removed and before anything is spent on it.
Options, their place in forms, files and the API, preview, counts and tests follow from what it
declares. The package is pure: digesters run it, and the preview runs the same over what is
stored. What people write is matched by `_globs` or as a search, never as a regular expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from vedette.filters._views import View
from vedette.kinds import discover
from vedette.options import Option
from vedette.store.rowwise import Predicate

Kind: TypeAlias = Literal["event", "transaction", "span"]
Chosen: TypeAlias = Mapping[str, Any]
Match: TypeAlias = Callable[[View], bool]

EVERYTHING: tuple[Kind, ...] = ("event", "transaction", "span")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many an hour of each `key`; what has no key is not counted."""

    most: int
    key: Callable[[View], str]


@dataclass(frozen=True, slots=True)
class Saying:
    """Events that say one of some phrases, in whatever case, if `confirm` holds for them where it
    is given; or for which `besides` holds."""

    phrases: tuple[str, ...]
    besides: Match | None = None
    confirm: Match | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A condition that people wrote, of rows of a table; `reason` is what it counts as."""

    reason: str
    table: str
    holds: Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The JSON of an item as an SDK sends it, and of what kind it is."""

    payload: Mapping[str, Any]
    kind: Kind = "event"
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The contract of a filter.

    - `name`: its id in the API, and the reason that what it drops counts as: Sentry's name for it
      where there is one;
    - `order`: the cheap ones first; the first that matches is the reason;
    - `kinds`: what it looks at;
    - `options`: what people set; the first says whether it is on: a switch, a number above 0, or a
      list that is not empty;
    - `prepare`: given values of all its options, what decides; not asked while it is off. Most
      give a `Match`, called for each item: it never raises. All `Saying`s together are looked for
      at once; a `Limit` is counted, a list of `Written` is asked of the rows that items become;
    - `on`, `bad`, `good`: with these values it drops every sample that is bad, and no good one.
    """

    name: str
    title: str
    help: str
    order: int
    kinds: tuple[Kind, ...]
    options: tuple[Option, ...]
    prepare: Callable[[Chosen], Match | Saying | Limit | list[Written]]
    on: Chosen = field(default_factory=dict)
    bad: tuple[Sample, ...]
    good: tuple[Sample, ...]

    @property
    def switch(self) -> Option:
        """The option that says whether it is on."""
        return self.options[0]

    def option(self, name: str) -> Option | None:
        """The option of this name."""
        return next((one for one in self.options if one.name == name), None)

    def is_on(self, chosen: Chosen) -> bool:
        """Whether it does anything with these values."""
        return bool(chosen.get(self.switch.name, self.switch.default))


@cache
def filters() -> dict[str, Filter]:
    """Every filter by its name, in their order."""
    found = [module.FILTER for module in discover(__name__)]
    return {one.name: one for one in sorted(found, key=lambda one: (one.order, one.name))}


def title_of(reason: str) -> str:
    """The words for a reason that a filter gave; "" if it is none of a filter."""
    name, _, own = reason.partition(":")
    known = filters().get(name)
    if known is None:
        return ""
    return f"{known.title}: {own}" if own else known.title
