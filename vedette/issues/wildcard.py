"""A database lookup for texts with `*`: LIKE, which is linear in the text and runs in C.

`field__wildcard=pattern` matches the whole text without regard to case. What a visitor writes
never becomes a regular expression: Python's would hold up every thread of the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup

from vedette.store.patterns import like

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup  # generic for the type checker only


@CharField.register_lookup
class Wildcard(_Lookup):
    """`*` stands for anything, after a backslash for itself."""

    lookup_name = "wildcard"
    prepare_rhs = False

    def as_sql(
        self, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """The SQL; SQLite's LIKE has no regard to case by itself."""
        left, parameters = self.process_lhs(compiler, connection)
        word = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
        return f"{left} {word} %s ESCAPE '\\'", (*parameters, like(str(self.rhs)))
