"""What is different about the slowest transactions, with the searches that find them."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.search import field_filter, tag_filter
from vedette.telemetry.slow_ones import FIELDS, SlowOnes, slow_ones
from vedette.trends.contrast import Contrast
from vedette.web.scope import SharedFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowest:
    """Each value with a search for the slow transactions that have it."""

    ones: SlowOnes
    lines: list[tuple[Contrast, str]]


def make_slowest(shared: SharedFilter, name: str) -> Slowest:
    """Of the transactions of this name. Raises StoreError."""
    ones = slow_ones(shared.scope, name)
    begin = f"{field_filter('transaction', name)} duration:>{ones.threshold:.3f}ms"
    return Slowest(ones=ones, lines=[(one, f"{begin} {_term(one)}") for one in ones.found])


def _term(one: Contrast) -> str:
    write = field_filter if one.key in FIELDS else tag_filter
    return write(one.key, one.value)
