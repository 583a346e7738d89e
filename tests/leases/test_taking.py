"""What must run once is run by whoever holds the lease."""

from __future__ import annotations

import os
import subprocess
import sys

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


@pytest.mark.usefixtures("rollback")
def test_a_lease_of_a_wrong_clock_is_no_obstacle() -> None:
    """It would else be held for as long as the clock was wrong."""
    from vedette.leases.taking import take

    clock.turn(400 * 86400)
    try:
        assert take("loop:a", seconds=60, by="one")
    finally:
        clock.turn(0)
    assert take("loop:a", seconds=60, by="two")
    assert not take("loop:a", seconds=60, by="one")


@pytest.mark.usefixtures("rollback")
def test_a_holder_that_has_ended_is_no_obstacle() -> None:
    """If it was a process of this machine; of another one nothing is known."""
    from vedette.leases.taking import holder, take

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    machine = holder().rpartition(":")[0]
    assert take("loop:a", seconds=60, by=f"{machine}:{ended.pid}")
    assert take("loop:a", seconds=60)
    assert take("loop:b", seconds=60, by=f"elsewhere:{ended.pid}")
    assert not take("loop:b", seconds=60)
    assert take("loop:c", seconds=60, by=f"{machine}:{os.getppid()}")
    assert not take("loop:c", seconds=60)
