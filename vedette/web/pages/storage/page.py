"""The page "Storage": made of sums alone; what is largest is asked for on a page of its own."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vedette import clock
from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.issues.shapes import Bucket
from vedette.items._stocks import stocks
from vedette.projects.models import Project
from vedette.storage.forecast import Forecast, forecast
from vedette.storage.largest import LargeFile, LargeIssue, largest_files, largest_issues
from vedette.storage.sums import Sums, Use, read_sums
from vedette.store.errors import StoreError
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, bar_chart, nice_ceiling
from vedette.web.rendering import show
from vedette.web.routing import Page, Route
from vedette.web.wording import size

_WEEK = 7
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_GIVEN_UP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """One project, and what a day of the last week has added on average."""

    project: Project
    reference: str
    rows: int
    bytes: int
    bytes_a_day: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """One kind of data, since which day there is any."""

    label: str
    rows: int
    bytes: int
    blob_bytes: int
    since: datetime
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """What went before its time, for room."""

    at: datetime
    label: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The data folder and its disk, for those who manage the installation."""

    parts: list[tuple[str, int, float]]
    total: int
    dead_bytes: int
    disk_bytes: int
    disk_free_bytes: int
    most_bytes: int
    keep_free_bytes: int
    forecast: Forecast
    given_up: list[GivenUp]
    is_short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageContext:
    """What the page shows; without sums nothing is known yet."""

    at: datetime | None
    total: int
    projects: list[ProjectLine]
    kinds: list[KindLine]
    chart: BarChart | None
    folder: Folder | None
    manages_installation: bool
    managed: list[Organization]


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestContext:
    """What the second page shows; `problem` says why it cannot be told."""

    issues: list[LargeIssue]
    files: list[LargeFile]
    problem: str


def storage(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What the projects of the viewer take; the folder for those who manage the installation."""
    sums, visible = read_sums(settings.CONFIG), frozenset(viewer.visible)
    uses = [one for one in sums.uses if one.project_id in visible] if sums else []
    total = sum(one.total for one in uses)
    context = StorageContext(
        at=datetime.fromtimestamp(sums.at, UTC) if sums else None,
        total=total,
        projects=_project_lines(viewer, uses, total),
        kinds=_kind_lines(uses, total),
        chart=_chart(uses),
        folder=_folder(sums) if sums and viewer.manages_installation else None,
        manages_installation=viewer.manages_installation,
        managed=[
            one for one in viewer.organizations if viewer.may(Action.MANAGE_ORGANIZATION, one)
        ],
    )
    return show(request, "pages/storage/page.html", context, section="projects")


def largest(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The issues and files that take most of what the viewer may see."""
    try:
        context = LargestContext(
            issues=largest_issues(viewer.visible), files=largest_files(viewer.visible), problem=""
        )
    except StoreError as error:
        context = LargestContext(issues=[], files=[], problem=f"It cannot be told now: {error}")
    return show(request, "pages/storage/largest.html", context, section="projects")


def _project_lines(viewer: Viewer, uses: list[Use], total: int) -> list[ProjectLine]:
    today = int(clock.timestamp() // 86400)
    held: dict[int, list[Use]] = defaultdict(list)
    for one in uses:
        held[one.project_id].append(one)
    lines = [
        ProjectLine(
            project=project,
            reference=viewer.reference(project),
            rows=sum(one.rows for one in found),
            bytes=sum(one.total for one in found),
            bytes_a_day=sum(one.total for one in found if today - _WEEK <= one.day < today) / _WEEK,
            share=100 * sum(one.total for one in found) / (total or 1),
        )
        for project in viewer.projects
        if (found := held.get(project.pk))
    ]
    return sorted(lines, key=lambda line: (-line.bytes, line.project.name))


def _kind_lines(uses: Iterable[Use], total: int) -> list[KindLine]:
    held: dict[str, list[Use]] = defaultdict(list)
    for one in uses:
        held[one.stock].append(one)
    lines = [
        KindLine(
            label=label_of(name),
            rows=sum(one.rows for one in found),
            bytes=sum(one.total for one in found),
            blob_bytes=sum(one.blob_bytes for one in found),
            since=_EPOCH + _DAY * min(one.day for one in found),
            share=100 * sum(one.total for one in found) / (total or 1),
        )
        for name, found in held.items()
    ]
    return sorted(lines, key=lambda line: -line.bytes)


def label_of(stock: str) -> str:
    """A kind of data as people read it."""
    held = stocks().get(stock)
    return held.label if held else stock


def _chart(uses: list[Use]) -> BarChart | None:
    if not uses:
        return None
    days: dict[int, int] = defaultdict(int)
    for one in uses:
        days[one.day] += one.total
    last = max(max(days), int(clock.timestamp() // 86400))
    buckets = [
        Bucket(start=_EPOCH + _DAY * day, count=days.get(day, 0))
        for day in range(max(min(days), last - 365), last + 1)
    ]
    top = nice_ceiling(max(bucket.count for bucket in buckets))
    return replace(bar_chart(buckets, noun="byte"), top=size(top), middle=size(top / 2))


def _folder(sums: Sums) -> Folder:
    total = sums.total or 1
    found = forecast(sums)
    free = shutil.disk_usage(settings.CONFIG.data).free  # a full disk takes no new sums
    return Folder(
        parts=[
            (name, held, 100 * held / total)
            for name, held in sorted(sums.parts.items(), key=lambda one: -one[1])
        ],
        total=sums.total,
        dead_bytes=sums.dead_bytes,
        disk_bytes=sums.disk_bytes,
        disk_free_bytes=free,
        most_bytes=sums.most_bytes,
        keep_free_bytes=sums.keep_free_bytes,
        forecast=found,
        given_up=[
            GivenUp(at=datetime.fromtimestamp(at, UTC), label=label_of(name), rows=rows, bytes=held)
            for at, name, rows, held in reversed(sums.given_up[-_MOST_GIVEN_UP:])
        ],
        is_short=free < settings.CONFIG.disk_free_min_bytes,
    )


PAGE = Page(
    routes=(
        Route(path="storage/", name="storage", view=storage, action=Action.VIEW_PROJECT),
        Route(path="storage/largest/", name="storage-largest", view=largest),
    )
)
