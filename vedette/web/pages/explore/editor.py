"""What the question is changed with: datasets, chips of groups and figures, the chart's choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.explore.datasets import datasets
from vedette.issues.reading import Token
from vedette.search import SearchError, parse
from vedette.web.pages.explore.asked import TOPS, Asked, Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A dataset and where it leads."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One group, figure or column, and the question without it; "" where it must stay."""

    name: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adder:
    """A list of the question with a field for one more; `hidden` is what its form carries."""

    name: str
    label: str
    placeholder: str
    parts: list[Part]
    hidden: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of several."""

    words: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Everything around the answer; `hidden` is what the search form carries."""

    tabs: list[Tab]
    hidden: list[tuple[str, str]]
    placeholder: str
    cleared: str
    adders: list[Adder]
    single: str
    figures: list[Option]
    looks: list[Option]
    tops: list[Option]
    compares: Option


_PLACEHOLDERS = {
    "errors": 'Search: error_type:timeout environment:production !has:user "any text"',
    "transactions": "Search: transaction:checkout transaction.duration:>1s p95():>500ms",
    "spans": "Search: span.op:db span.duration:>100ms is_failed:true",
}


def editor_of(asked: Asked, links: Links) -> Editor:
    """The editor of a question."""
    return Editor(
        tabs=[
            Tab(
                label=one.label,
                address=Links(Asked(dataset=one, query=asked.query), links.shared).to(),
                current=one is asked.dataset and not asked.is_start,
            )
            for one in datasets().values()
        ],
        hidden=links.hidden(query=""),
        placeholder=_PLACEHOLDERS.get(asked.dataset.name, "Search"),
        cleared=links.to(query=""),
        adders=_adders(asked, links),
        single=links.to(groups=(), figures=(), sort="", charted="") if asked.is_grouped else "",
        figures=[
            Option(words=one, address=links.to(charted=one), current=one == asked.figure)
            for one in asked.shown_figures
        ],
        looks=[
            Option(words=words, address=links.to(look=look), current=look == asked.look)
            for look, words in (("lines", "Lines"), ("areas", "Areas"), ("bars", "Bars"))
        ],
        tops=_tops(asked, links),
        compares=_comparison(asked, links),
    )


def tokens_of(query: str) -> list[Token]:
    """The terms of a search for its chips; none where it cannot be read."""
    try:
        terms = list(parse(query).terms())
    except SearchError:
        return []
    return [
        Token(
            text=query[term.start : term.end],
            key=term.key,
            operator=term.operator,
            value=str(term.value),
            start=term.start,
            end=term.end,
        )
        for term in terms
    ]


def _adders(asked: Asked, links: Links) -> list[Adder]:
    groups = Adder(
        name="group",
        label="Group by",
        placeholder="field or attribute",
        parts=_parts(links, "groups", asked.groups),
        hidden=links.hidden(),
    )
    if asked.is_grouped:
        figures = asked.shown_figures
        return [
            groups,
            Adder(
                name="figure",
                label="Show",
                placeholder="count(), p95(…)",
                parts=_parts(links, "figures", figures, keeps_one=bool(asked.groups)),
                hidden=links.hidden(figures=figures),
            ),
        ]
    columns = asked.columns or asked.dataset.columns
    figure = Adder(
        name="figure", label="Show", placeholder="count(), p95(…)", parts=[], hidden=links.hidden()
    )
    column = Adder(
        name="column",
        label="Columns",
        placeholder="field or attribute",
        parts=_parts(links, "columns", columns, keeps_one=True),
        hidden=links.hidden(columns=columns),
    )
    return [groups, figure, column]


def _parts(links: Links, name: str, held: Sequence[str], *, keeps_one: bool = False) -> list[Part]:
    is_last = keeps_one and len(held) == 1
    return [
        Part(
            name=one,
            without=""
            if is_last
            else links.to(**{name: tuple(other for other in held if other != one)}),
        )
        for one in held
    ]


def _tops(asked: Asked, links: Links) -> list[Option]:
    if not asked.groups:
        return []
    return [
        Option(words=f"Top {top}", address=links.to(top=top), current=top == asked.top)
        for top in TOPS
    ]


def _comparison(asked: Asked, links: Links) -> Option:
    return Option(
        words="Compare with the time before",
        address=links.to(compares=not asked.compares),
        current=asked.compares,
    )
