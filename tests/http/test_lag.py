"""What is measured of the event loop."""

from __future__ import annotations

import asyncio
import time

from vedette.http.lag import Lag


def test_work_that_does_not_yield_is_seen() -> None:
    """In the histogram and as the highest."""

    async def go() -> Lag:
        lag = Lag()
        lag.start()
        await asyncio.sleep(0.05)
        time.sleep(0.15)
        await asyncio.sleep(0.05)
        lag.stop()
        return lag

    lag = asyncio.run(go())
    counts = dict(lag.cumulative())
    assert lag.highest > 0.1
    assert counts[1.0] == lag.count > counts[0.1]


def test_the_highest_is_that_of_the_last_minutes() -> None:
    """An old peak is forgotten."""
    lag = Lag()
    for at, late in ((100.0, 0.5), (170.0, 0.001), (240.0, 0.002)):
        lag.note(late, at)
    assert lag.highest == 0.002
