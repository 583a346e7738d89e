"""How long and how much is kept of each kind of data."""

from __future__ import annotations

from dataclasses import fields

from vedette.config import Config
from vedette.items._stocks import Stock, stocks
from vedette.options import Option, OptionGroup

MOST_DAYS = 36_500
# What was kept as it came before its kind had a table of its own.
_EARLIER = {"kept_replay": "replays", "kept_feedback": "feedback"}


def _of(stock: Stock) -> tuple[Option, ...]:
    label = stock.label[:1].upper() + stock.label[1:]
    return (
        Option(
            name=f"{stock.name}_days",
            label=f"{label}: days",
            form="number",
            default=_built_in(stock.setting),
            least=0,
            most=MOST_DAYS,
            setting=stock.setting,
        ),
        Option(
            name=f"{stock.name}_gb",
            label=f"{label}: GB",
            form="number",
            default=0.0,
            most=1_000_000,
        ),
        Option(
            name=f"{stock.name}_count",
            label=f"{label}: rows",
            form="number",
            default=0,
        ),
    )


def _built_in(setting: str) -> int:
    return next(int(one.default) for one in fields(Config) if one.name == setting)  # type: ignore[arg-type]


GROUP = OptionGroup(
    name="storage",
    label="Storage",
    help="How long each kind of data of a project is kept, and how much of it at most. What is "
    "older or beyond goes within minutes, the oldest first; 0 GB or rows are no limit, days are "
    "those of UTC.",
    counts="What is beyond it goes within minutes.",
    order=60,
    options=tuple(option for stock in stocks().values() for option in _of(stock)),
    renamed={
        f"{earlier}_{bound}": f"{name}_{bound}"
        for earlier, name in _EARLIER.items()
        for bound in ("days", "gb", "count")
    },
)
