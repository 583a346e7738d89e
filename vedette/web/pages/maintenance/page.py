"""The windows of maintenance, and the form of a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.monitors import planning
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import lines_of, sentence, wants_to_find
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.scope import shared_filter

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STATES = {"on": ("On", "accent"), "planned": ("Planned", "outline"), "over": ("Over", "")}
_MOST_MONITORS = 500
_MOST_TAGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """A window in words."""

    window: MaintenanceWindow
    state: str
    tone: str
    when: str
    about: str
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceContext:
    """The list."""

    rows: list[WindowRow]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContext:
    """The form; `monitors` are the chosen ones, then those of the project that `find` finds.

    `found` is how many there are of these, of which the first are listed; `is_large`: not all of
    the project's can be listed at once.
    """

    projects: list[tuple[str, str]]
    project: str
    monitors: list[tuple[str, str, bool]]
    found: int
    is_large: bool
    days: list[tuple[int, str, bool]]
    is_weekly: bool
    values: dict[str, str] = field(default_factory=dict)
    error: str = ""


def show_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What is on first, then what is planned, then what was over in the last week."""
    shared = shared_filter(request, viewer)
    projects = [
        one for one in shared.selected or viewer.projects if viewer.may(Action.VIEW_ALERTS, one)
    ]
    rows = [_row(viewer, one) for one in planning.windows_of(projects)]
    order = [words for words, _ in _STATES.values()]
    rows.sort(key=lambda one: order.index(one.state))
    context = MaintenanceContext(rows=rows, may_change=viewer.may(Action.CHANGE_ALERTS))
    return show(request, "pages/maintenance/page.html", context, section="monitors")


def show_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; a POST plans it, or finds monitors and keeps what was written and chosen."""
    projects = [one for one in viewer.projects if viewer.may(Action.CHANGE_ALERTS, one)]
    if not projects:
        raise Http404("no project whose monitors may be changed")
    asked = request.POST.get("project") or request.GET.get("project")
    project = viewer.project(asked) if asked else _first(request, viewer, projects)
    if request.method != "POST" or wants_to_find(request.POST):
        return _form(request, viewer, project, projects)
    try:
        row = planning.plan(project, _plan(request.POST, project), by=viewer.user)
    except ValueError as error:
        return _form(request, viewer, project, projects, sentence(str(error)))
    note_change(request, project.organization, f"maintenance {row.name} of {project.slug}: planned")
    put_flash(request, Flash(text=f"{row.name} is planned."))
    return redirect("maintenance")


def end_one(request: HttpRequest, viewer: Viewer, window_id: int) -> HttpResponse:
    """A POST ends it now, or takes away one that has not begun."""
    projects = [one for one in viewer.projects if viewer.may(Action.CHANGE_ALERTS, one)]
    rows = MaintenanceWindow.objects.filter(pk=window_id, project__in=projects)
    row = rows.select_related("project__organization").first()
    if row is None:
        raise Http404("no such window")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    planning.stop(row)
    words = f"maintenance {row.name} of {row.project.slug}: ended"
    note_change(request, row.project.organization, words)
    put_flash(request, Flash(text=f"{row.name} is over."))
    return redirect("maintenance")


def _first(request: HttpRequest, viewer: Viewer, projects: list[Project]) -> Project:
    """The one that is chosen above, or the first that has monitors."""
    chosen = shared_filter(request, viewer).selected or ()
    watched = set(Monitor.objects.filter(project__in=projects).values_list("project", flat=True))
    ordered = [one for one in projects if one in chosen] or [
        one for one in projects if one.pk in watched
    ]
    return (ordered or projects)[0]


def _plan(sent: QueryDict, project: Project) -> planning.Plan:
    """What the form says. Raises ValueError, in words."""
    zone = _zone(sent.get("zone", "") or "UTC")
    is_weekly = sent.get("repeats") == "weekly"
    chosen = sent.getlist("monitor")
    if len(chosen) > _MOST_MONITORS:
        raise ValueError(f"choose at most {_MOST_MONITORS} monitors, or name a tag that they share")
    hour, minute = _time(sent.get("at", "")) if is_weekly else (0, 0)
    days = [int(one) for one in sent.getlist("day") if one in "0123456" and len(one) == 1]
    if is_weekly and not days:
        raise ValueError("choose a day of the week")
    return planning.Plan(
        name=" ".join(sent.get("name", "").split()),
        monitors=_chosen(project, set(chosen)),
        tags=_tags(sent.get("tags", "")),
        starts_at=None if is_weekly else _moment(sent.get("start", ""), zone),
        ends_at=None if is_weekly else _moment(sent.get("end", ""), zone),
        minutes=_minutes(sent.get("minutes", "")) if is_weekly else 60,
        weekdays=days if is_weekly else (),
        start_minute=hour * 60 + minute,
        zone=str(zone),
    )


def _chosen(project: Project, slugs: set[str]) -> list[Monitor]:
    """All that are named: with none left it would be for all of the project."""
    found = list(Monitor.objects.filter(project=project, slug__in=slugs))
    if len(found) != len(slugs):
        raise ValueError("choose monitors of this project; one of them is gone")
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name[:64]}") from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise ValueError("give the day and time at which it begins and ends") from None


def _time(text: str) -> tuple[int, int]:
    try:
        found = datetime.strptime(text, "%H:%M")
    except ValueError:
        raise ValueError("give the time at which it begins, as 03:00") from None
    return found.hour, found.minute


def _minutes(text: str) -> int:
    if not text.strip():
        return 60
    if not text.strip().isdigit() or len(text) > 6:
        raise ValueError("say for how many minutes")
    return int(text)


def _tags(text: str) -> dict[str, str]:
    pairs = [line.partition(":") for line in lines_of(text)]
    if len(pairs) > _MOST_TAGS or any(not name.strip() or not sign for name, sign, _ in pairs):
        raise ValueError(f"tags are written as NAME: VALUE, at most {_MOST_TAGS}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _form(
    request: HttpRequest,
    viewer: Viewer,
    project: Project,
    projects: list[Project],
    error: str = "",
) -> HttpResponse:
    sent = request.POST
    names = ("name", "start", "end", "at", "minutes", "zone", "tags", "find")
    chosen, days = sent.getlist("monitor")[: 2 * _MOST_MONITORS], set(sent.getlist("day"))
    rows = Monitor.objects.filter(project=project).order_by("name", "pk")
    text = sent.get("find", "").strip()
    matching = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    others = matching.exclude(slug__in=chosen)
    context = NewContext(
        projects=[(viewer.reference(one), one.name) for one in projects],
        project=viewer.reference(project),
        monitors=[
            *((slug, name, True) for slug, name in _named(rows.filter(slug__in=chosen))),
            *((slug, name, False) for slug, name in _named(others[:_MOST_MONITORS])),
        ],
        found=matching.count(),
        is_large=rows.count() > _MOST_MONITORS,
        days=[(number, name, str(number) in days) for number, name in enumerate(_DAYS)],
        is_weekly=sent.get("repeats") == "weekly",
        values={name: sent.get(name, "") for name in names},
        error=error,
    )
    status = 400 if error else 200
    return show(request, "pages/maintenance/new.html", context, section="monitors", status=status)


def _named(rows: QuerySet[Monitor]) -> Iterable[tuple[str, str]]:
    return rows.values_list("slug", "name")


def _row(viewer: Viewer, window: MaintenanceWindow) -> WindowRow:
    state = planning.state_of(window)
    words, tone = _STATES[state]
    return WindowRow(
        window=window,
        state=words,
        tone=tone,
        when=_when(window),
        about=_about(window),
        may_end=state != "over" and viewer.may(Action.CHANGE_ALERTS, window.project),
    )


def _when(window: MaintenanceWindow) -> str:
    if window.weekdays:
        days = ", ".join(_DAYS[day] for day in window.weekdays if day in range(7))
        at = f"{window.start_minute // 60:02}:{window.start_minute % 60:02}"
        return f"{days} at {at} {window.zone}, {window.minutes} minutes"
    starts = window.starts_at or window.created_at
    ends = f"{window.ends_at:%-d %b %Y, %H:%M}" if window.ends_at else "somebody ends it"
    return f"{starts:%-d %b %Y, %H:%M} to {ends} UTC"


def _about(window: MaintenanceWindow) -> str:
    if window.covers_all:
        return "all monitors"
    names = sorted(one.name for one in window.monitors.all())
    tags = [f"{name}:{value}" for name, value in window.tags.items()]
    found = [*names, *tags]
    if not found:
        return "no monitor any more"
    rest = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return ", ".join(found[:5]) + rest


PAGE = Page(
    routes=(
        Route(
            path="monitors/maintenance/",
            name="maintenance",
            view=show_list,
            action=Action.VIEW_ALERTS,
        ),
        Route(
            path="monitors/maintenance/new/",
            name="maintenance-new",
            view=show_new,
            action=Action.CHANGE_ALERTS,
        ),
        Route(
            path="monitors/maintenance/<id:window_id>/end/",
            name="maintenance-end",
            view=end_one,
            action=Action.CHANGE_ALERTS,
        ),
    )
)
