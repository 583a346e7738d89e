"""What must run once is run by whoever holds the lease."""

from __future__ import annotations

import pytest

from vedette import clock


@pytest.mark.usefixtures("rollback")
def test_one_holder_at_a_time() -> None:
    """The holder keeps it; others wait until it is given back or has run out."""
    from vedette.leases.taking import give_back, take

    assert take("loop:a", seconds=60, by="one")
    assert not take("loop:a", seconds=60, by="two")
    assert take("loop:a", seconds=60, by="one")
    assert take("loop:b", seconds=60, by="two")
    give_back("loop:a", by="two")
    assert not take("loop:a", seconds=60, by="two")
    give_back("loop:a", by="one")
    assert take("loop:a", seconds=60, by="two")
    clock.turn(61)
    try:
        assert take("loop:a", seconds=60, by="one")
    finally:
        clock.turn(0)
