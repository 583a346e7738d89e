"""The two tables about services, as every report for people shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vedette.audit.dependencies import Outcome, Place
from vedette.audit.health import Check
from vedette.audit.rows import Row

_MOST_PLACES = 3
_WAYS: tuple[tuple[Outcome, str], ...] = (
    ("swallowed", "swallowed"),
    ("logged", "logged only"),
    ("passed on", "passed on"),
    ("reported", "reported"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, a sentence, and rows of plain text; places stand between backticks."""

    title: str
    says: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(rows: Sequence[Row], checks: Sequence[Check]) -> tuple[Table, ...]:
    """Both, or none where the code depends on nothing that is known."""
    if not rows:
        return ()
    return (_health(rows, checks), _scenarios(rows))


def _health(rows: Sequence[Row], checks: Sequence[Check]) -> Table:
    asked = sum(one.is_checked for one in rows)
    names = ", ".join(f"`{one.address or one.name}`" for one in checks[:_MOST_PLACES])
    more = f" and {len(checks) - _MOST_PLACES:,} more" if len(checks) > _MOST_PLACES else ""
    return Table(
        title="Health check coverage",
        says=f"{asked:,} of {len(rows):,} dependencies are asked by a health check "
        f"({names + more if checks else 'there is none'})",
        head=("dependency", "kind", "made in", "health check", "critical"),
        rows=tuple(
            (
                one.dependency.service.name,
                one.dependency.service.kind,
                _places(one.dependency.made),
                _places(one.checks) or "none",
                "yes" if one.is_critical else "no",
            )
            for one in rows
        ),
    )


def _scenarios(rows: Sequence[Row]) -> Table:
    return Table(
        title="What happens when a dependency fails",
        says="How many of the places that call it do what with its failure, and one of the worst",
        head=("dependency", *(word for _, word in _WAYS), "for example"),
        rows=tuple(
            (
                one.dependency.service.name,
                *(str(one.failing.counts.get(way, 0)) for way, _ in _WAYS),
                _worst(one),
            )
            for one in rows
        ),
    )


def _worst(row: Row) -> str:
    worst = row.failing.worst
    if not worst:
        return "no call was found"
    return f"{dict(_WAYS)[worst]}: {_places([row.failing.places[worst]])}"


def _places(places: Iterable[Place]) -> str:
    given = list(places)
    told = ", ".join(f"`{path}:{line}`" for path, line in given[:_MOST_PLACES])
    more = len(given) - _MOST_PLACES
    return f"{told} and {more:,} more" if more > 0 else told
