"""Jobs of the demo projects: what they did in the last days, and a check-in of just now."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from vedette.crons.schedule import BadSchedule, Schedule
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.models import JobRun, Monitor, MonitorStanding, StateInterval
from vedette.monitors.passive._jobs import terms_of
from vedette.projects.models import Project
from vedette.wire.envelope import build_envelope, new_event_id

_DAY: Final = 86_400.0
_DAYS: Final = 90
_RUNS: Final = 60  # of each job
_JOBS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "Nightly backup", "crontab": "0 3 * * *", "timezone": "Europe/Berlin", "margin": 15},
    {"name": "Invoices", "crontab": "30 4 1 * *", "margin": 30},
    {"name": "Sync orders", "every": 10, "unit": "minute", "margin": 5, "fail_after": 2},
    {"name": "Clean baskets", "crontab": "15 * * * *", "margin": 10},
    {"name": "Search index", "crontab": "0 */6 * * *", "margin": 10, "max_runtime": 60},
)


def make_jobs(project: Project, now: float) -> list[bytes]:
    """Make them with their past; what they have to say now goes through the door."""
    rng = random.Random("jobs")
    told = []
    for written in _JOBS:
        draft, problems = read_draft({**written, "kind": "cron", "tags": {"team": "shop"}})
        assert not problems, problems
        if Monitor.objects.filter(project=project, name=draft.name).exists():
            continue
        monitor = saving.create(project, draft)
        standing = saving.begin(monitor, "production")
        _past(standing, rng, now)
        _ran(monitor, standing, rng, now)
        status = "error" if written["name"] == "Search index" else "ok"
        told.append(_check_in(monitor.slug, status, round(rng.uniform(4, 90), 1)))
    return told


def _past(standing: MonitorStanding, rng: random.Random, now: float) -> None:
    """Up for ninety days, but for some hours."""
    StateInterval.objects.filter(standing=standing).delete()
    edges = [now - _DAYS * _DAY]
    for day in sorted(rng.sample(range(3, _DAYS - 1), 3)):
        began = now - day * _DAY + rng.uniform(0, _DAY / 2)
        edges += [began, began + rng.uniform(1200, 9000)]
    edges = sorted(edges)
    states = ["up" if place % 2 == 0 else "down" for place in range(len(edges))]
    StateInterval.objects.bulk_create(
        StateInterval(
            standing=standing,
            state=state,
            began=int(began * 1000),
            ended=int(edges[place + 1] * 1000) if place + 1 < len(edges) else None,
        )
        for place, (state, began) in enumerate(zip(states, edges, strict=True))
    )
    since = datetime.fromtimestamp(edges[-1], UTC)
    held = {"raw": "up", "since": edges[-1], "judged_at": now - 1, "known_at": now - 1}
    MonitorStanding.objects.filter(pk=standing.pk).update(state="up", since=since, standing=held)


def _ran(monitor: Monitor, standing: MonitorStanding, rng: random.Random, now: float) -> None:
    usual = rng.uniform(5, 200)
    runs = []
    for at in _slots(terms_of(monitor.settings).schedule, now):
        status = rng.choices(("ok", "error", "missed"), (96, 3, 1))[0]
        is_run = status != "missed"
        started = at + rng.uniform(0, 20) if is_run else at
        seconds = usual * rng.uniform(0.7, 1.6) if is_run else None
        runs.append(
            JobRun(
                standing=standing,
                run=new_event_id(),
                status=status,
                at=datetime.fromtimestamp(started, UTC),
                slot=None if is_run else datetime.fromtimestamp(at, UTC),
                ended_at=datetime.fromtimestamp(started + (seconds or 0), UTC) if is_run else None,
                seconds=seconds,
                release="shop@2.4.1" if is_run else "",
                note="exit code 1\nconnection reset by peer" if status == "error" else "",
            )
        )
    JobRun.objects.bulk_create(runs)


def _slots(schedule: Schedule, now: float) -> Sequence[float]:
    """The last times at which it was expected."""
    return list(_expected(schedule, now))[-_RUNS:]


def _expected(schedule: Schedule, now: float) -> Iterator[float]:
    moment = now - (30 if schedule.crontab.startswith("0 3") else 2) * _DAY
    try:
        while (moment := schedule.next_after(moment)) < now - 60:
            yield moment
    except BadSchedule:
        return


def _check_in(slug: str, status: str, seconds: float) -> bytes:
    body = {
        "check_in_id": new_event_id(),
        "monitor_slug": slug,
        "status": status,
        "duration": seconds,
        "environment": "production",
    }
    return build_envelope({}, [({"type": "check_in"}, msgspec.json.encode(body))])
