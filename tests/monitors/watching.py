"""Checks as the pipeline hands them over, and what can be seen afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from vedette import clock
from vedette.facts import Fact
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.models import Monitor, MonitorEvent, MonitorStanding, StateInterval
from vedette.monitors.ticking import Ticker
from vedette.projects.models import Project
from vedette.reactions._domain import ReactingDomain
from vedette.uptime.facts import MonitorChecked, MonitorTold

_OUTCOMES = {"o": "ok", "d": "degraded", "f": "fail", "u": "unknown"}


class Watch:
    """One project. `elapsed` is how far its clock was turned."""

    def __init__(self, project: Project, domain: ReactingDomain) -> None:
        self.project = project
        self.domain = domain
        self.elapsed = 0.0
        self.position = 0
        self.ticker = Ticker(steady=lambda: self.elapsed)

    def monitor(self, name: str, **entry: Any) -> Monitor:
        """A new one; of the sample kind, if nothing else is said."""
        whole = {"name": name, "kind": "sample", **entry}
        if whole["kind"] == "sample":
            whole.setdefault("address", f"{name}.example.com:80")
        draft, problems = read_draft(whole)
        assert problems == []
        return saving.create(self.project, draft)

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        self.elapsed += seconds
        clock.turn(self.elapsed)

    def checks(self, monitor: Monitor, letters: str, every: float = 60.0) -> list[Fact]:
        """One check each interval, each in a batch of its own; what followed."""
        heard: list[Fact] = []
        for letter in letters:
            self.passes(every)
            heard += self.batch([self.fact(monitor, letter)])
        return heard

    def fact(self, monitor: Monitor, letter: str, due: float | None = None) -> MonitorChecked:
        """One check."""
        at = clock.timestamp() if due is None else due
        return MonitorChecked(
            project_id=monitor.project_id,
            monitor_id=monitor.pk,
            due=at,
            at=at + 0.1,
            outcome=_OUTCOMES[letter],
            reason="refused" if letter == "f" else "",
            text="nobody listens" if letter == "f" else "",
            ms=12.0,
            evidence={"port": 80} if letter == "f" else {},
        )

    def batch(self, facts: Iterable[MonitorChecked]) -> list[Fact]:
        """One batch of the pipeline."""
        from vedette.monitors.judgement import react

        given = list(facts)
        followed = react(given)
        self.position += 1
        self.domain.apply([], writer="prober", position=self.position)
        return list(followed)

    def tick(self, seconds: float = 0.0, *, behind: float = 0.0) -> list[Fact]:
        """Time goes by, and the clock's loop looks."""
        self.passes(seconds)
        return self.ticker.tick(behind)


def told(facts: Iterable[Fact]) -> list[tuple[int, str]]:
    """What people are to hear."""
    return [(one.monitor_id, one.state) for one in facts if isinstance(one, MonitorTold)]


def state_of(monitor: Monitor) -> str:
    """What is shown."""
    return MonitorStanding.objects.get(monitor=monitor).state


def events_of(monitor: Monitor) -> list[str]:
    """What has happened, in order."""
    rows = MonitorEvent.objects.filter(monitor=monitor).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def intervals_of(monitor: Monitor) -> list[tuple[str, float | None]]:
    """The states, and how many seconds each lasted; None for the one that goes on."""
    rows = list(StateInterval.objects.filter(standing__monitor=monitor).order_by("began", "pk"))
    for one, after in itertools.pairwise(rows):
        assert one.ended == after.began, "no gap and no overlap"
    assert [row.ended for row in rows].count(None) == 1
    assert rows[-1].ended is None
    return [
        (row.state, None if row.ended is None else round((row.ended - row.began) / 1000))
        for row in rows
    ]
