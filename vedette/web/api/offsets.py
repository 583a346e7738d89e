"""Pages of lists whose rows are counted: the cursor says how many are skipped."""

from __future__ import annotations

from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from msgspec import Meta, field

from vedette.issues.cursors import read_offset
from vedette.web.api.parameters import Number
from vedette.web.api.typed import Parameters

_Row = TypeVar("_Row", bound=Model)


class OffsetPaging(Parameters):
    """A page of a list; `limit` and `per_page` mean the same."""

    cursor: Annotated[
        str, Meta(pattern=r"^(o:[0-9]{1,9})?$", description="From the Link header.")
    ] = ""
    limit: Number | None = None
    per_page: Number | None = field(default=None, name="per_page")

    def page(self, found: QuerySet[_Row], *, most: int) -> tuple[list[_Row], str | None]:
        """The rows of this page, and the cursor of the next if there is one."""
        wanted = next((one for one in (self.limit, self.per_page) if one is not None), most)
        size, offset = max(1, min(wanted, most)), read_offset(self.cursor)
        rows = list(found[offset : offset + size + 1])
        return rows[:size], f"o:{offset + size}" if len(rows) > size else None
