"""What was held back is told with the reason of then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def test_a_state_that_is_told_after_the_start_says_why(watch: Watch) -> None:
    from vedette import clock
    from vedette.uptime.facts import MonitorTold

    shop = watch.monitor("shop")
    until = clock.timestamp() + 300
    for letter in "offf":
        watch.passes(60)
        watch.batch([msgspec.structs.replace(watch.fact(shop, letter), hold_until=until)])
    heard = [one for _ in range(4) for one in watch.tick(30)]
    (told,) = [one for one in heard if isinstance(one, MonitorTold)]
    assert (told.state, told.reason, told.text) == ("down", "refused", "nobody listens")
    assert told.evidence == {"port": 80}
