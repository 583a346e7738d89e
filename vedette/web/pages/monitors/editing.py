"""Making a monitor takes an address and a click; the rest stands behind it. Tried before saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.actions import Action
from vedette.alerts.models import Channel
from vedette.configuration import Author, Entry
from vedette.configuration._writing import mistakes_in, the_kind, write
from vedette.monitors.entries import whole_of, written
from vedette.monitors.kinds import monitor_kinds
from vedette.monitors.models import Monitor
from vedette.monitors.passive import PassiveKind
from vedette.monitors.trying import Busy, try_out, words_of
from vedette.probing.kinds import BadSettings, ProbeKind
from vedette.probing.result import Result
from vedette.projects.models import Project
from vedette.rules.problems import Problem
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.findings import excerpt_of, pairs, tone_of
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import wants_to_find
from vedette.web.pages.monitors.finding import find_monitor
from vedette.web.pages.monitors.form import Form, entry_of, form_of
from vedette.web.rendering import show

_MOST_OTHERS = 500
_FIRST = ("http", "health", "cron", "heartbeat", "tls", "tcp")  # what most people come for


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a test run found, in words; each phase with its place and share in percent."""

    outcome: str
    words: str
    ms: float
    tone: str = "unknown"
    phases: list[tuple[str, float, float, float]] = field(default_factory=list)
    status: int | None = None
    clauses: list[Any] = field(default_factory=list)
    captured: dict[str, float] = field(default_factory=dict)
    facts: list[tuple[str, str]] = field(default_factory=list)
    excerpt: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditContext:
    """What the page shows: the kinds to choose from, or the form of one.

    `has_more_others`: not all that it may depend on can be listed at once; `find` says which.
    """

    monitor: Monitor | None
    kind: ProbeKind | PassiveKind | None
    kinds: list[ProbeKind | PassiveKind] = field(default_factory=list)
    form: Form | None = None
    projects: list[tuple[str, str]] = field(default_factory=list)
    trial: Trial | None = None
    is_probed: bool = False
    has_more_others: bool = False
    find: str = ""


def show_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Without `kind` the kinds, else the form; a POST with `do` tries or saves it, or finds others
    to depend on."""
    kinds = monitor_kinds()
    kind = kinds.get(request.GET.get("kind", ""))
    projects = [one for one in viewer.projects if viewer.may(Action.CHANGE_ALERTS, one)]
    choices = [(viewer.reference(one), one.name) for one in projects]
    if kind is None or not projects:
        first = [kinds[name] for name in _FIRST if name in kinds]
        others = sorted((one for one in kinds.values() if one not in first), key=_label)
        context = EditContext(monitor=None, kind=None, kinds=[*first, *others], projects=choices)
        return show(request, "pages/monitors/new.html", context, section="monitors")
    project = _project(request, viewer, projects)
    if request.method != "POST":
        entry: Entry = {"kind": kind.name, "project": project.slug, **_given(request, kind)}
        return _form(request, kind, project, entry, choices=choices)
    entry = entry_of(kind, request.POST, project)
    if request.POST.get("do") == "try":
        return _try(request, kind, project, entry, None)
    if wants_to_find(request.POST):
        return _form(request, kind, project, entry, choices=choices)
    problems = write(
        project.organization, the_kind("monitors"), entry, Author(user=viewer.user), is_new=True
    )
    if problems:
        return _form(request, kind, project, entry, problems=problems, choices=choices)
    monitor = Monitor.objects.filter(project=project).latest("pk")
    note_change(request, project.organization, f"monitor {monitor.slug}: made")
    put_flash(request, Flash(text=f"{monitor.name} is watched from now on."))
    return redirect("monitor", monitor.pk)


def show_edit(request: HttpRequest, viewer: Viewer, monitor_id: int) -> HttpResponse:
    """The form of one that is there; a POST with `do` tries or saves it."""
    monitor = find_monitor(viewer, monitor_id)
    kind = monitor_kinds().get(monitor.kind)
    if kind is None:
        return redirect("monitor", monitor.pk)
    if request.method != "POST":
        return _form(request, kind, monitor.project, written(monitor), monitor=monitor)
    entry = entry_of(kind, request.POST, monitor.project, monitor)
    if request.POST.get("do") == "try":
        return _try(request, kind, monitor.project, entry, monitor)
    if wants_to_find(request.POST):
        return _form(request, kind, monitor.project, entry, monitor=monitor)
    author = Author(user=viewer.user, is_file=monitor.is_from_file)
    problems = write(monitor.project.organization, the_kind("monitors"), entry, author)
    if problems:
        return _form(request, kind, monitor.project, entry, problems=problems, monitor=monitor)
    note_change(request, monitor.project.organization, f"monitor {monitor.slug}: changed")
    put_flash(request, Flash(text=f"{entry['name']} was saved."))
    return redirect("monitor", monitor.pk)


def _form(
    request: HttpRequest,
    kind: ProbeKind | PassiveKind,
    project: Project,
    entry: Entry,
    *,
    problems: Sequence[Problem] = (),
    monitor: Monitor | None = None,
    choices: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    channels = Channel.objects.filter(organization=project.organization_id).order_by("name")
    find = request.POST.get("find", "").strip()
    context = EditContext(
        monitor=monitor,
        kind=kind,
        has_more_others=Monitor.objects.filter(project=project).count() > _MOST_OTHERS,
        find=find,
        form=form_of(
            kind,
            entry,
            problems,
            monitor=monitor,
            channels=list(channels.values_list("slug", "name")),
            others=_others(project, monitor, entry, find),
        ),
        projects=list(choices),
        is_probed=isinstance(kind, ProbeKind),
    )
    status = 400 if problems else 200
    return show(request, "pages/monitors/edit.html", context, section="monitors", status=status)


def _others(
    project: Project, monitor: Monitor | None, entry: Entry, find: str
) -> list[tuple[str, str]]:
    """What it may depend on: those it does first, so that saving loses none; then what is found."""
    rows = Monitor.objects.filter(project=project).order_by("name", "pk")
    if monitor is not None:
        rows = rows.exclude(pk=monitor.pk)
    depends = list(entry.get("depends_on") or ())
    rest = rows.filter(Q(name__icontains=find) | Q(slug__icontains=find))
    listed = rest.exclude(slug__in=depends).values_list("slug", "name")[:_MOST_OTHERS]
    return [*rows.filter(slug__in=depends).values_list("slug", "name"), *listed]


def _try(
    request: HttpRequest,
    kind: ProbeKind | PassiveKind,
    project: Project,
    entry: Entry,
    monitor: Monitor | None,
) -> HttpResponse:
    """The fragment with what a run finds; nothing is saved and nothing is judged."""
    return show(request, "pages/monitors/_trial.html", _trial(kind, project, entry, monitor))


def _trial(
    kind: ProbeKind | PassiveKind, project: Project, entry: Entry, monitor: Monitor | None
) -> Trial:
    held = {"name": kind.label, **entry}
    problems = mistakes_in(project.organization, the_kind("monitors"), held)
    if problems or not isinstance(kind, ProbeKind):
        return Trial(outcome="none", words="", ms=0, problems=[str(one) for one in problems])
    seconds = float(entry.get("timeout") or 10)
    try:
        result = try_out(kind, whole_of(kind, entry, monitor), seconds)
    except BadSettings as error:
        words = [f"{name}: {text}" for name, text in error.words.items()]
        return Trial(outcome="none", words="", ms=0, problems=words)
    except Busy as error:
        return Trial(outcome="none", words="", ms=0, problems=[str(error)])
    return _told(result)


def _told(result: Result) -> Trial:
    return Trial(
        outcome=str(result.outcome),
        words=words_of(result),
        ms=result.duration_ms,
        tone=tone_of(result.outcome),
        phases=_phases(result),
        status=result.status,
        captured=result.captured,
        facts=[*pairs(result.facts), *pairs(result.evidence)],
        excerpt=excerpt_of(result.evidence),
    )


def _phases(result: Result) -> list[tuple[str, float, float, float]]:
    whole = max(sum(result.phases.values()), 0.001)
    found, start = [], 0.0
    for name, ms in result.phases.items():
        share = round(ms / whole * 100, 2)
        found.append((name.replace("_", " "), ms, round(start, 2), share))
        start += share
    return found


def _project(request: HttpRequest, viewer: Viewer, projects: Sequence[Project]) -> Project:
    asked = request.POST.get("project") or request.GET.get("project")
    return viewer.project(asked) if asked else projects[0]


def _given(request: HttpRequest, kind: ProbeKind | PassiveKind) -> Entry:
    """Fields that a link brings along: an address that was pasted into the list."""
    names = {one.name for one in kind.fields if not one.is_secret}
    return {name: value[:2000] for name, value in request.GET.items() if name in names and value}


def _label(kind: ProbeKind | PassiveKind) -> str:
    return kind.label
