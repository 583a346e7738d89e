"""One sitting of the judge: standings are read, changed by pure functions, and written together.

Whoever changes a standing does it so, within a transaction: the reaction to checks, the loops,
a person who pauses. What has changed becomes intervals, events and facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from vedette.accounts.models import User
from vedette.facts import Fact
from vedette.monitors import writing
from vedette.monitors.models import Monitor, MonitorEvent, MonitorStanding
from vedette.monitors.passive import passive_kinds
from vedette.uptime.changes import Change, State
from vedette.uptime.facts import MonitorChanged, MonitorTold
from vedette.uptime.policy import Policy, read_slow, read_window
from vedette.uptime.standing import Standing, read_standing
from vedette.uptime.telling import Told, tell

_OF_MONITOR = (
    *("pk", "project_id", "slug", "kind", "interval_seconds", "timeout_seconds", "fail_after"),
    *("recover_after", "retry_seconds", "window", "slow"),
)


class Because(msgspec.Struct, frozen=True):
    """Why something changed."""

    reason: str = ""
    text: str = ""
    evidence: dict[str, Any] = {}


NOTHING = Because()


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging has to know of a monitor."""

    id: int
    project_id: int
    slug: str
    kind: str
    policy: Policy


@dataclass(slots=True)
class Held:
    """A standing at hand. `last` are the columns of the last result, if there was one."""

    id: int
    monitor: Judged
    environment: str
    standing: Standing
    before: State
    last: writing.Last | None = None
    because: Because = NOTHING
    is_changed: bool = False
    changes: list[tuple[Change, Because]] = field(default_factory=list)
    told: Told | None = None


class Sitting:
    """`now` is seconds since 1970; `by` who does it, if a person."""

    def __init__(self, now: float, *, by: User | None = None) -> None:
        self.now = now
        self._by = by
        self._monitors: dict[int, Judged] = {}
        self._held: dict[tuple[int, str], Held] = {}
        self._extra: list[Fact] = []

    @staticmethod
    def begin(
        monitor_id: int, environment: str, standing: Standing, moment: datetime
    ) -> MonitorStanding:
        """A first standing, with its first interval."""
        row = MonitorStanding.objects.create(
            monitor_id=monitor_id,
            environment=environment,
            state=standing.shown,
            since=moment,
            standing=writing.kept(standing),
        )
        writing.open_interval(row.pk, standing)
        return row

    def hold(self, monitors: Iterable[int], environment: str | None = None) -> list[Held]:
        """The standings of these monitors, in the order of their ids; locked until the end.

        Those of all environments, if none is named.
        """
        wanted = sorted(set(monitors))
        self._read_monitors([pk for pk in wanted if pk not in self._monitors])
        rows = MonitorStanding.objects.filter(monitor__in=wanted).order_by("pk")
        if environment is not None:
            rows = rows.filter(environment=environment)
        values = rows.select_for_update(of=("self",)).values_list(
            "pk", "monitor_id", "environment", "state", "standing"
        )
        for pk, monitor_id, name, state, kept in values:
            if (monitor_id, name) not in self._held and monitor_id in self._monitors:
                held = Held(pk, self._monitors[monitor_id], name, read_standing(kept), State(state))
                self._held[monitor_id, name] = held
        chosen = [
            held
            for (monitor_id, name), held in self._held.items()
            if monitor_id in set(wanted) and environment in (None, name)
        ]
        return sorted(chosen, key=lambda held: held.id)

    def get(self, monitor_id: int, environment: str = "") -> Held | None:
        """One that is held."""
        return self._held.get((monitor_id, environment))

    def apply(
        self,
        held: Held,
        standing: Standing,
        changes: Sequence[Change],
        because: Because = NOTHING,
    ) -> None:
        """Take over what a pure function has made of it."""
        if standing is held.standing:
            return
        was_told = held.standing.told
        ended = max(self.now, standing.since, standing.judged_at)  # also if the clock was set back
        held.standing = standing
        held.is_changed = True
        held.changes += [(one, because) for one in changes]
        if changes:
            held.because = because
        if was_told is not None and standing.told is None:  # not watched as it was
            held.told = None
            self._extra.append(self._telling(held, "ended", ended))

    def tell_cause(self, held: Held, because: Because) -> None:
        """It is told to be down already; people are to hear that it is so by this now."""
        held.standing = held.standing.changed(told_why=because.reason)
        held.is_changed, held.because = True, because
        fact = self._telling(held, State.DOWN.value, held.standing.since)
        fact.is_another_cause, fact.found_at = True, held.standing.judged_at
        self._extra.append(fact)

    def moved_projects(self) -> set[int]:
        """The projects of which something is shown otherwise now."""
        return {
            held.monitor.project_id
            for held in self._held.values()
            if held.standing.shown is not held.before
        }

    def finish(self, *, tells: bool = True) -> list[Fact]:
        """Decide who is told, write everything, and say what has happened."""
        if tells:
            self._tell()
        changed = [held for held in self._held.values() if held.is_changed]
        changed.sort(key=lambda held: held.id)
        writing.write_standings(changed)
        writing.write_intervals(changed)
        facts: list[Fact] = list(self._extra)
        events: list[MonitorEvent] = []
        for held in changed:
            for change, because in held.changes:
                events.append(self._event(held, change, because))
                facts.append(_fact(held, change, because))
            if held.told is not None:
                facts.append(self._telling(held, held.told.state, held.told.at))
        MonitorEvent.objects.bulk_create(events)
        return facts

    def _read_monitors(self, wanted: Sequence[int]) -> None:
        for row in Monitor.objects.filter(pk__in=wanted).values_list(*_OF_MONITOR):
            pk, project_id, slug, kind, interval, timeout, fails, recovers, retry, *rest = row
            policy = Policy(
                interval=interval,
                timeout=timeout,
                fail_after=fails,
                recover_after=recovers,
                retry_every=retry,
                window=read_window(rest[0]),
                slow=read_slow(rest[1]),
                is_asked=kind not in passive_kinds(),
            )
            self._monitors[pk] = Judged(pk, project_id, slug, kind, policy)

    def _tell(self) -> None:
        asked = [
            held
            for held in self._held.values()
            if held.standing.shown.is_bad
            or held.standing.told is not None
            or held.standing.suppressed_by is not None
        ]
        asked = [held for held in asked if held.standing.told is not held.standing.shown]
        if not asked:
            return
        blocked = self._blocked([held.monitor.id for held in asked])
        for held in asked:
            standing, changes, told = tell(
                held.monitor.policy,
                held.standing,
                self.now,
                blocked_by=blocked.get(held.monitor.id),
            )
            if standing is held.standing:
                continue
            held.standing, held.is_changed, held.told = standing, True, told
            held.changes += [(one, held.because) for one in changes]
            if told is not None and held.because is NOTHING:
                held.because = why_of(held.monitor.id, held.environment, told.state)
            if told is not None:
                held.standing = standing.changed(told_why=held.because.reason)

    def _blocked(self, children: Sequence[int]) -> dict[int, int]:
        """By child a monitor in trouble on which it depends."""
        rows = Monitor.depends_on.through.objects.filter(from_monitor__in=children)
        edges = sorted(rows.values_list("to_monitor_id", "from_monitor_id"))
        parents = {parent for parent, _ in edges}
        if not parents:
            return {}
        unknown = [pk for pk in parents if (pk, "") not in self._held]
        troubled = {
            monitor_id
            for monitor_id, kept in MonitorStanding.objects.filter(monitor__in=unknown).values_list(
                "monitor_id", "standing"
            )
            if read_standing(kept).is_in_trouble
        }
        troubled |= {held.monitor.id for held in self._held.values() if held.standing.is_in_trouble}
        found: dict[int, int] = {}
        for parent, child in edges:
            if parent in troubled:
                found.setdefault(child, parent)
        return found

    def _event(self, held: Held, change: Change, because: Because) -> MonitorEvent:
        return MonitorEvent(
            monitor_id=held.monitor.id,
            environment=held.environment,
            kind=change.kind,
            at=datetime.fromtimestamp(change.at, UTC),
            before=change.before,
            after=change.after,
            reason=because.reason[:64],
            text=because.text[:400],
            evidence=because.evidence,
            user=self._by,
        )

    def _telling(self, held: Held, state: Any, since: float) -> MonitorTold:
        return MonitorTold(
            project_id=held.monitor.project_id,
            monitor_id=held.monitor.id,
            environment=held.environment,
            state=state,
            since=since,
            reason=held.because.reason,
            text=held.because.text,
            evidence=held.because.evidence,
        )


def why_of(monitor_id: int, environment: str, state: State) -> Because:
    """What made it so, for what was held back then and is told now."""
    rows = MonitorEvent.objects.filter(monitor=monitor_id, environment=environment, kind=state)
    event = rows.order_by("-pk").first()
    return Because(event.reason, event.text, event.evidence) if event is not None else NOTHING


def _fact(held: Held, change: Change, because: Because) -> MonitorChanged:
    return MonitorChanged(
        project_id=held.monitor.project_id,
        monitor_id=held.monitor.id,
        environment=held.environment,
        kind=change.kind,
        before=change.before,
        after=change.after,
        since=change.at,
        reason=because.reason,
        text=because.text,
    )
