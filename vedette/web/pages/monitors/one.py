"""One monitor: how it stands and stood, how fast it answers, what happened, why it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette import clock
from vedette.access.actions import Action
from vedette.alerts.content import base_url
from vedette.alerts.models import Alert, AlertState
from vedette.crons.course import read_course
from vedette.crons.schedule import BadSchedule
from vedette.issues.models import Issue
from vedette.monitors.figures import paces_of
from vedette.monitors.jobs.agreeing import KINDS
from vedette.monitors.listing import DAY, MonitorRow, days_of, row_of, standings_of
from vedette.monitors.models import JobCourse, JobRun, Monitor, MonitorEvent, MonitorStanding
from vedette.monitors.outages import issues_of
from vedette.monitors.passive._jobs import terms_of
from vedette.monitors.trying import Busy, look_now, words_of
from vedette.probing.kinds import probes
from vedette.store.errors import BadQuery, StoreError
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.markdown import rendered
from vedette.web.pages.monitors.acting import act
from vedette.web.pages.monitors.finding import find_monitor
from vedette.web.pages.monitors.listing import Segment, percent, segments
from vedette.web.pages.monitors.measured import measured
from vedette.web.pages.monitors.telling import Shown
from vedette.web.rendering import show
from vedette.web.scope import shared_filter
from vedette.web.time_charts import TimeChart

_EVENTS = 30
_RUNS = 40
_NEXT = 6
_RUN_WORDS = {
    "in_progress": "Under way",
    "ok": "Ok",
    "error": "Failed",
    "missed": "Missed",
    "timeout": "Too long",
    "unknown": "Unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A job in one environment."""

    standing: MonitorStanding
    days: list[Segment]
    uptime: str
    next_at: datetime | None
    latest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneContext:
    """What the page shows."""

    monitor: Monitor
    row: MonitorRow
    is_job: bool
    is_probed: bool
    days: list[Segment]
    uptimes: list[tuple[str, str]]
    places: list[Place]
    chart: TimeChart | None = None
    percentiles: TimeChart | None = None
    captured: list[tuple[str, TimeChart]] = field(default_factory=list)
    checks: list[Shown] = field(default_factory=list)
    failure: Shown | None = None
    certificate: list[tuple[str, str]] = field(default_factory=list)
    runs: list[tuple[JobRun, str, float | None]] = field(default_factory=list)
    next_runs: list[datetime] = field(default_factory=list)
    events: list[tuple[MonitorEvent, str]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    paces: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    depends_on: list[Monitor] = field(default_factory=list)
    heartbeat: str = ""
    runbook: str = ""
    may_change: bool = False
    reference: str = ""
    wishes: list[tuple[str, str, str]] = field(default_factory=list)
    store_is_away: bool = False
    range_name: str = ""


def show_one(request: HttpRequest, viewer: Viewer, monitor_id: int) -> HttpResponse:
    """The page; a POST with `do` looks now, pauses, resumes, begins maintenance or removes it."""
    monitor = find_monitor(viewer, monitor_id)
    if request.method == "POST":
        return _change(request, viewer, monitor)
    shared = shared_filter(request, viewer)
    visible = viewer.visible.only([monitor.project_id])
    row = row_of(monitor, visible)
    standings = standings_of(monitor)
    is_job = monitor.kind in KINDS
    context: dict[str, Any] = {
        "monitor": monitor,
        "row": row,
        "is_job": is_job,
        "is_probed": monitor.kind in probes(),
        "days": _days(row.standing),
        "uptimes": [(name, percent(share)) for name, share in row.uptimes.items()],
        "places": [_place(monitor, one) for one in standings] if is_job else [],
        "events": _events(monitor),
        "runbook": rendered(monitor.runbook) if monitor.runbook else "",
        "alerts": _alerts(monitor),
        "issues": issues_of(monitor, [one.environment for one in standings]),
        "depends_on": list(monitor.depends_on.order_by("name")),
        "reference": viewer.reference(monitor.project),
        "may_change": viewer.may(Action.CHANGE_ALERTS, monitor.project),
    }
    if is_job:
        context |= _job(monitor)
    else:
        context["paces"] = paces_of(monitor, clock.now())
        period = shared.scope.period
        end = int(period.end.timestamp())
        is_chosen = any(request.GET.get(name) for name in ("period", "start", "end"))
        start = int(period.start.timestamp()) if is_chosen else end - int(DAY)
        context["range_name"] = shared.period_name if is_chosen else "Last 24 hours"
        try:
            context |= measured(monitor, visible, start, end)
        except StoreError:
            context["store_is_away"] = True
    context["wishes"] = _wishes(context)
    return show(request, "pages/monitors/one.html", OneContext(**context), section="monitors")


def _wishes(context: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rules to begin with: words, the preset, the captured value that it is about."""
    if context["is_job"]:
        return [("it misses a run", "missed", ""), ("it fails as often as is set", "down", "")]
    found = [("it is down", "down", ""), ("it answers slowly", "degraded", "")]
    if context["is_probed"]:
        found.append(("response times rise", "response-time", ""))
    if context.get("certificate"):
        found.append(("its certificate ends in 14 days", "certificate", ""))
    captured = [name for name, _ in context.get("captured", ())]
    return [*found, *((f"{name} stays below 1", "captured", name) for name in captured)]


def _change(request: HttpRequest, viewer: Viewer, monitor: Monitor) -> HttpResponse:
    wish = request.POST.get("do", "")
    if wish == "look":
        put_flash(request, Flash(text=_looked(monitor)))
    elif wish in ("pause", "resume", "maintenance"):
        act(request, viewer, [monitor], wish)
    elif wish == "remove":
        if request.POST.get("confirm", "").strip() != monitor.name:
            raise BadQuery("write the monitor's name to remove it")
        act(request, viewer, [monitor], wish)
        put_flash(request, Flash(text=f"{monitor.name} was removed."))
        return redirect("monitors")
    else:
        raise BadQuery("a monitor is looked at, paused, resumed, or removed")
    return redirect("monitor", monitor.pk)


def _looked(monitor: Monitor) -> str:
    """What a look at once has found, in words."""
    try:
        result = look_now(monitor)
    except Busy as error:
        return f"{str(error).capitalize()}."
    if result is None:
        return "Nobody can look just now: the prober is not there."
    took = f" ({result.duration_ms:.0f} ms)" if result.duration_ms else ""
    return f"{words_of(result)}{took}"


def _days(standing: MonitorStanding | None) -> list[Segment]:
    if standing is None:
        return []
    found = days_of(standing)
    return segments([share for _, share in found], [f"{day:%d %b}" for day, _ in found])


def _events(monitor: Monitor) -> list[tuple[MonitorEvent, str]]:
    rows = monitor.events.select_related("user").order_by("-at", "-pk")[:_EVENTS]
    return [(one, one.kind.replace("_", " ").capitalize()) for one in rows]


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _alerts(monitor: Monitor) -> list[Alert]:
    rows = Alert.objects.filter(project=monitor.project_id, labels__monitor=monitor.slug)
    rows = rows.exclude(state=AlertState.OVER).select_related("rule", "project")
    return list(rows.order_by("-pk")[:10])


def _place(monitor: Monitor, standing: MonitorStanding) -> Place:
    held = JobCourse.objects.filter(standing=standing).first()
    expected = read_course(held.course).expected if held is not None else None
    try:
        latest = expected + terms_of(monitor.settings).margin if expected is not None else None
    except BadSchedule:
        latest = None
    found = days_of(standing)
    counted = [share for _, share in found]
    up = sum((share.uptime or 0) * share.counted for share in counted)
    total = sum(share.counted for share in counted)
    return Place(
        standing=standing,
        days=segments(counted, [f"{day:%d %b}" for day, _ in found]),
        uptime=percent(up / total if total else None),
        next_at=_moment(expected),
        latest_at=_moment(latest),
    )


def _job(monitor: Monitor) -> dict[str, Any]:
    runs = JobRun.objects.filter(standing__monitor=monitor).select_related("standing")
    key = monitor.project.keys.filter(is_active=True).order_by("pk").first()
    base = f"{base_url()}/api/{monitor.project_id}/heartbeat/{monitor.slug}"
    return {
        "runs": [
            (run, _RUN_WORDS.get(run.status, run.status), _milliseconds(run.seconds))
            for run in runs.order_by("-at", "-pk")[:_RUNS]
        ],
        "next_runs": _next_runs(monitor),
        "heartbeat": f"{base}/{key.public_key}" if key else "",
    }


def _next_runs(monitor: Monitor) -> list[datetime]:
    try:
        schedule = terms_of(monitor.settings).schedule
        moment, found = clock.timestamp(), []
        for _ in range(_NEXT):
            moment = schedule.next_after(moment)
            found.append(datetime.fromtimestamp(moment, UTC))
    except BadSchedule:
        return []
    return found


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
