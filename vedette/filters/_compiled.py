"""All filters of a project, ready to be asked: made once for settings that are equal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

import msgspec

from vedette.filters import Chosen, Limit, Match, Saying, filters
from vedette.filters._globs import Phrases
from vedette.filters._views import View
from vedette.store.rowwise import Predicate, RowValues


class Filters:
    """What some settings come to."""

    def __init__(self, chosen: Chosen) -> None:
        self._matches: dict[str, list[tuple[str, Match]]] = {}
        self._sayings: list[tuple[str, Saying, Phrases]] = []
        self._limits: dict[str, list[tuple[str, Limit]]] = {}
        self._written: dict[str, list[tuple[str, Predicate]]] = {}
        for one in filters().values():
            if not one.is_on(chosen):
                continue
            values = {option.name: option.default for option in one.options} | {
                option.name: chosen[option.name] for option in one.options if option.name in chosen
            }
            made = one.prepare(values)
            if isinstance(made, list):
                for rule in made:
                    self._written.setdefault(rule.table, []).append((rule.reason, rule.holds))
                continue
            if isinstance(made, Saying):
                self._sayings.append((one.name, made, Phrases(made.phrases)))
                continue
            for kind in one.kinds:
                if isinstance(made, Limit):
                    self._limits.setdefault(kind, []).append((one.name, made))
                else:
                    self._matches.setdefault(kind, []).append((one.name, made))

        self._said = Phrases([said for _, made, _ in self._sayings for said in made.phrases])

    def verdict(self, view: View) -> str:
        """The name of the first filter that turns it away; "" if none does."""
        if self._sayings and view.kind == "event":
            found = self._saying(view)
            if found:
                return found
        for name, match in self._matches.get(view.kind, ()):
            if match(view):
                return name
        return ""

    def _saying(self, view: View) -> str:
        is_said = self._said.within(view.text)
        for name, made, phrases in self._sayings:
            if (
                is_said
                and phrases.within(view.text)
                and (made.confirm is None or made.confirm(view))
            ):
                return name
            if made.besides is not None and made.besides(view):
                return name
        return ""

    def limits(self, view: View) -> Iterator[tuple[str, str, int]]:
        """Filter, key and how many an hour, of each limit under which it is to be counted."""
        for name, limit in self._limits.get(view.kind, ()):
            key = limit.key(view)
            if key:
                yield name, key, limit.most

    def reads(self, table: str) -> bool:
        """Whether rows of a table have to be looked at."""
        return table in self._written

    def written(self, table: str, row: RowValues) -> str:
        """The reason of the first written condition that a row fulfils; "" if it fulfils none."""
        held = self._written.get(table)
        if held is None:
            return ""
        view = cast("RowValues", _Row(row))
        return next((reason for reason, holds in held if holds(view)), "")


class _Row:
    """A row as predicates ask for it: its tags made a mapping once, nothing copied."""

    __slots__ = ("_get", "_tags")

    def __init__(self, row: RowValues) -> None:
        self._get = row.get
        self._tags: dict[str, str] | None = None

    def get(self, name: str) -> object:
        """The value of a column."""
        if name != "tags":
            return self._get(name)
        if self._tags is None:
            self._tags = dict(self._get(name) or ())
        return self._tags


def settings_of(chosen: Chosen) -> str:
    """What travels to digesters: the values of the filters that are on; "" if none is."""
    found = {
        option.name: chosen[option.name]
        for one in filters().values()
        if one.is_on(chosen)
        for option in one.options
        if option.name in chosen
    }
    return msgspec.json.encode(dict(sorted(found.items()))).decode() if found else ""


@lru_cache(maxsize=256)
def compiled(settings: str) -> Filters:
    """The filters of what `settings_of` gave."""
    found: dict[str, Any] = msgspec.json.decode(settings)
    return Filters(found)
