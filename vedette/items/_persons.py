"""Where rows say whose they are, as their kinds declare it: for finding all of one person."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.items import IDENTITIES, kinds
from vedette.store import query as q
from vedette.store.table import Table


def rows_of_person(identity: str, value: str) -> Iterator[tuple[Table, q.Condition]]:
    """Every table that knows people by this, with the condition of the person's rows."""
    if identity not in IDENTITIES:
        raise ValueError(f"people are known by {', '.join(IDENTITIES)}, not by {identity}")
    seen: set[str] = set()
    for kind in kinds().values():
        for table in kind.tables:
            if table.name in seen:
                continue
            column = kind.person.get(identity)
            if column:
                seen.add(table.name)
                yield table, _is(identity, column, value)
            elif kind.person_number is not None:
                seen.add(table.name)
                number = kind.person_number(value)
                yield table, q.Compare(q.Field("user_number"), "=", number)


def tie_of(table: Table) -> str:
    """The column of ids that ties rows which name nobody to those that do; "" for none."""
    return next((one.tie for one in kinds().values() if one.tie and table in one.tables), "")


def _is(identity: str, column: str, value: str) -> q.Condition:
    """Addresses of mail are the same in whatever case they are written."""
    if identity == "email":
        escaped = value.replace("\\", "\\\\").replace("*", "\\*")
        return q.Matches(q.Field(column), escaped)
    return q.Compare(q.Field(column), "=", value)
