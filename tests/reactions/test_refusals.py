"""What the database says: away, or a refusal for good."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from vedette.pipeline.domain import DomainUnavailable


class Cause(Exception):
    """An error of PostgreSQL's driver, with its code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("the driver's words")
        self.sqlstate = sqlstate


@pytest.mark.parametrize("code", [None, "08006", "53300", "57P01"])
def test_a_database_that_is_away_is_waited_for(rollback: None, code: str | None) -> None:
    """The batch is tried until it is back."""
    from vedette.reactions._domain import reaching

    with pytest.raises(DomainUnavailable), reaching():
        raise OperationalError("away") from Cause(code)


def test_what_it_will_never_take_is_no_absence(rollback: None) -> None:
    """Waiting would hold everything behind it for ever: it is set aside after some tries."""
    from vedette.reactions._domain import reaching

    with pytest.raises(OperationalError), reaching():
        raise OperationalError("index row size exceeds maximum") from Cause("54000")
