"""How much may come in, by kind and time, and what is done about bursts beyond the usual."""

from __future__ import annotations

from vedette import items
from vedette.options import Level, Option, OptionGroup
from vedette.options._limits import COLUMNS

_ABOVE = (Level.INSTALLATION, Level.ORGANIZATION)


def _rows() -> tuple[tuple[str, str], ...]:
    """The kinds that come through the door and may be limited, the most usual first."""
    known = items.categories(lambda kind: not kind.is_own and kind.category != "internal")
    first = [name for name in _USUAL if name in known]
    return tuple(
        (name, name.replace("_", " ").capitalize()) for name in [*first, *sorted(known - {*first})]
    )


_USUAL = ("error", "transaction", "span", "log_item", "replay", "session", "attachment", "monitor")


GROUP = OptionGroup(
    name="quotas",
    label="Quotas",
    help="How much is taken in. What is beyond is refused with an answer that SDKs understand, and "
    "counted under Outcomes; other kinds go on. Days and months are those of UTC.",
    order=7,
    options=(
        Option(
            name="limits",
            label="Limits of each project",
            help="Of each kind, by number and by megabytes of what was sent. Empty: inherited; "
            "0: no limit.",
            form="table",
            default={},
            most=1e15,
            rows=_rows(),
            columns=COLUMNS,
        ),
        Option(
            name="budgets",
            label="Limits of all together",
            help="For the sum of all projects below. They hold besides the limits of each project. "
            "Empty or 0: no limit.",
            form="table",
            default={},
            most=1e15,
            rows=_rows(),
            columns=COLUMNS,
            levels=_ABOVE,
            is_local=True,
        ),
        Option(
            name="spike_protection",
            label="Spike protection",
            help="Errors far beyond what is usual for the hour of the week are counted and not "
            "stored, but for a sample and the first of each new kind.",
            form="switch",
            default=True,
            setting="spike_protection",
        ),
        Option(
            name="spike_factor",
            label="A spike begins at so many times the usual",
            form="number",
            default=10,
            least=2,
            most=1000,
        ),
        Option(
            name="spike_least",
            label="Never below so many errors a minute",
            form="number",
            default=500,
            least=1,
            most=10_000_000,
        ),
        Option(
            name="storm_events",
            label="Events of one issue that are stored whole in an hour",
            help="Beyond, one of ten is stored, then one of a hundred, of a thousand; all are "
            "counted. 0 stores every one.",
            form="number",
            default=10_000,
            most=1_000_000_000,
        ),
    ),
)
