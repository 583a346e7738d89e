"""What the address asks: everything on the page follows from it, so a link shares the view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from vedette.explore.datasets import Dataset, dataset_named, datasets
from vedette.issues.cursors import read_offset
from vedette.store.errors import BadQuery

Look: TypeAlias = Literal["lines", "areas", "bars"]

LOOKS: tuple[Look, ...] = get_args(Look)
TOPS = (3, 5, 10)
COUNT = "count()"
NEWEST = "-timestamp"
MOST_QUERY_CHARACTERS = 2000
_MOST_GROUPS = 8
_MOST_FIGURES = 10
_MOST_COLUMNS = 15
_MOST_CHARACTERS = 500
_STARTS = ("dataset", "query", "group", "figure", "column")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as the address has it.

    With `groups` or `figures` rows are put together, else single rows are shown with `columns`.
    `sort` is a column, `-` before it turns it round; `charted` is the figure of the chart, `top`
    how many groups have a line of their own, `compares` whether the time before is drawn too.
    What is empty is as the dataset has it. `saved` is the number of a saved query, or 0.
    """

    dataset: Dataset
    query: str = ""
    groups: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    charted: str = ""
    look: Look | None = None
    top: int = 5
    compares: bool = False
    saved: int = 0
    offset: int = 0
    is_start: bool = False

    @property
    def is_grouped(self) -> bool:
        """Whether a row of the answer stands for many."""
        return bool(self.groups or self.figures)

    @property
    def shown_figures(self) -> tuple[str, ...]:
        """The figures of the table; groups are counted where nothing else is asked."""
        return self.figures or ((COUNT,) if self.groups else ())

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns of the table."""
        if self.is_grouped:
            return (*self.groups, *self.shown_figures)
        return self.columns or self.dataset.columns

    @property
    def order(self) -> str:
        """By what the table is sorted; a column that is gone sorts nothing."""
        is_known = self.sort.lstrip("-") in self.shown
        if self.sort and (is_known or not self.is_grouped):
            return self.sort
        return f"-{self.shown_figures[0]}" if self.is_grouped else NEWEST

    @property
    def figure(self) -> str:
        """What the chart shows."""
        if self.charted in self.shown_figures:
            return self.charted
        return self.shown_figures[0] if self.is_grouped else COUNT

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address, without the shared filter."""
        found = [("dataset", self.dataset.name)] if not self.is_start else []
        found += [("query", self.query)] if self.query else []
        found += [("group", one) for one in self.groups]
        found += [("figure", one) for one in self.figures]
        found += [("column", one) for one in self.columns]
        optional: dict[str, Any] = {
            "sort": self.sort,
            "chart": self.charted,
            "look": self.look,
            "top": self.top if self.top != 5 else "",
            "before": "1" if self.compares else "",
            "saved": self.saved,
            "cursor": f"o:{self.offset}" if self.offset else "",
        }
        return found + [(name, str(value)) for name, value in optional.items() if value]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of this page with something changed; `shared` is the query of the shared filter."""

    asked: Asked
    shared: str

    def to(self, **changes: Any) -> str:
        """The question with these changes, from its first row."""
        return self._address({"offset": 0, **changes})

    def page(self, offset: int) -> str:
        """The same question from another row."""
        return self._address({"offset": offset})

    def to_any_time(self) -> str:
        """The same question without its time range."""
        times = ("period", "start", "end")
        kept = [pair for pair in self.hidden() if pair[0] not in times]
        return "?" + urlencode(kept)

    def hidden(self, **changes: Any) -> list[tuple[str, str]]:
        """What a form must carry along."""
        changed = replace(self.asked, offset=0, is_start=False, **changes)
        return [*changed.pairs(), *parse_qsl(self.shared)]

    def query(self) -> str:
        """The whole question, with the filter, as the query of any address."""
        return urlencode(self.hidden())

    def _address(self, changes: dict[str, Any]) -> str:
        changed = replace(self.asked, is_start=False, **changes)
        return "?" + "&".join(part for part in (urlencode(changed.pairs()), self.shared) if part)


def read_asked(given: QueryDict) -> Asked:
    """Raises BadQuery for what no dataset, cursor or look is, and for too many columns."""
    look = given.get("look", "")
    if look and look not in LOOKS:
        raise BadQuery(f"a chart has {', '.join(LOOKS)}")
    top, saved = given.get("top", ""), given.get("saved", "")
    return Asked(
        dataset=dataset_named(given.get("dataset") or next(iter(datasets()))),
        query=given.get("query", "").strip()[:MOST_QUERY_CHARACTERS],
        groups=_names(given, "group", _MOST_GROUPS),
        figures=_names(given, "figure", _MOST_FIGURES),
        columns=_names(given, "column", _MOST_COLUMNS),
        sort=given.get("sort", "").strip()[:_MOST_CHARACTERS],
        charted=given.get("chart", "").strip()[:_MOST_CHARACTERS],
        look=look or None,  # type: ignore[arg-type]
        top=int(top) if top in map(str, TOPS) else 5,
        compares=given.get("before") == "1",
        saved=int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 19 else 0,
        offset=read_offset(given.get("cursor")),
        is_start=not any(given.get(name) for name in _STARTS),
    )


def _names(given: QueryDict, name: str, most: int) -> tuple[str, ...]:
    """The fields of a list, in their order and each once."""
    found = dict.fromkeys(
        text.strip()[:_MOST_CHARACTERS] for text in given.getlist(name)[:100] if text.strip()
    )
    if len(found) > most:
        raise BadQuery(f"there may be {most} of {name}, not {len(found)}")
    return tuple(found)
