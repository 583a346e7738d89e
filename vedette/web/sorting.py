"""Heads of the columns of a table that is sorted by a click."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The head of a column; `direction` is as ARIA calls it, "" where it is not the order.

    `sort` is the parameter that a click asks for.
    """

    name: str
    label: str
    title: str
    sort: str
    direction: str


def make_headings(
    labels: Mapping[str, tuple[str, str]], sort: str, *, rising: Collection[str] = ("name",)
) -> list[Heading]:
    """Of labels and titles by the names of columns. A click on one sorts by it, the largest
    first, of the `rising` ones the smallest; a click on the one that is the order turns it round.
    """
    made = []
    for name, (label, title) in labels.items():
        first = name if name in rising else f"-{name}"
        other = name if first.startswith("-") else f"-{name}"
        direction = "descending" if sort.startswith("-") else "ascending"
        made.append(
            Heading(
                name=name,
                label=label,
                title=title,
                sort=other if sort == first else first,
                direction=direction if sort.removeprefix("-") == name else "",
            )
        )
    return made
