"""Jobs that check in through the spool, in time that the test turns."""

from __future__ import annotations

from typing import Any

from tests.web.tracing import send_item
from tests.web.world import World
from vedette import clock
from vedette.monitors.jobs.looking import look
from vedette.monitors.models import JobRun, Monitor, MonitorStanding
from vedette.wire.envelope import new_event_id

HOURLY = {
    "schedule": {"type": "crontab", "value": "0 * * * *"},
    "checkin_margin": 5,
    "max_runtime": 20,
    "timezone": "UTC",
}


class Jobs:
    """The jobs of the shop. It begins ten seconds after a full hour."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._elapsed = 3610.0 - clock.timestamp() % 3600
        clock.turn(self._elapsed)

    def passes(self, seconds: float) -> None:
        """Time goes by, and the loop looks every so often, as it does."""
        while seconds > 0:
            step = min(seconds, 40.0)
            self._elapsed += step
            seconds -= step
            clock.turn(self._elapsed)
            self.look()

    def leaps(self, seconds: float) -> None:
        """Time goes by without anybody looking: the product was away."""
        self._elapsed += seconds
        clock.turn(self._elapsed)

    def look(self) -> None:
        """The loop looks, and what it says is digested."""
        look(self.world.stage.flow.folder / "spool")
        self.world.stage.work()

    def say(self, status: str, run: str = "", **values: Any) -> str:
        """A check-in; the id of its run."""
        run = run or new_event_id()
        body = {"monitor_slug": "nightly", "status": status, "check_in_id": run, **values}
        send_item(self.world, self.world.shop, "check_in", body)
        self.world.stage.work()
        return run

    def state(self, environment: str = "production") -> str:
        """How the job stands."""
        standing = MonitorStanding.objects.get(environment=environment, monitor__slug="nightly")
        return str(standing.state)

    def runs(self) -> list[str]:
        """What the runs came to, the oldest first."""
        return list(JobRun.objects.order_by("at", "pk").values_list("status", flat=True))

    def monitor(self) -> Monitor:
        """The monitor that the check-ins have made."""
        return Monitor.objects.get(slug="nightly")
