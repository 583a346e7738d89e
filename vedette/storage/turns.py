"""Whose turn it is to go where room is short: what is worth least first, of equals the oldest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vedette.items._stocks import Layer, Stock, stocks
from vedette.storage.sums import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A kind's rows of one day, of all projects: `layer` says which of them go."""

    stock: Stock
    layer: Layer
    day: int
    rows: int
    bytes: int


def turns(uses: Iterable[Use]) -> Iterator[Turn]:
    """Everything that is there, in the order in which it is given up.

    What a kind spares, or holds precious, comes after all that is not.
    """
    rows: dict[tuple[str, int], int] = defaultdict(int)
    size: dict[tuple[str, int], int] = defaultdict(int)
    for one in uses:
        rows[one.stock, one.day] += one.rows
        size[one.stock, one.day] += one.total
    found = [
        Turn(stock=stocks()[name], layer=layer, day=day, rows=count, bytes=size[name, day])
        for (name, day), count in rows.items()
        if name in stocks() and count
        for layer in layers_of(stocks()[name])
    ]
    found.sort(key=lambda one: (one.layer, one.stock.worth, one.day, one.stock.name))
    yield from found


def layers_of(stock: Stock) -> tuple[Layer, ...]:
    """In how many goes a kind is given up."""
    return (Layer.PLAIN, Layer.REST) if stock.spares or stock.precious else (Layer.PLAIN,)
