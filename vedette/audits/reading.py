"""Audits for pages and the API: lists and searches of findings, trends, scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from vedette.audit.finding import Severity
from vedette.audits.models import (
    AuditFinding,
    AuditRun,
    AuditStanding,
    AuditTree,
    FindingState,
)
from vedette.audits.paths import Paths
from vedette.projects.models import Project

MOST_IN_TREND: Final = 60
_LARGE: Final = ("inventory", "rules", "fine")  # of an audit: what no list shows
SORTS: Final = ("exposure", "newest", "file", "rule")
_ORDERS: Final = {
    "exposure": ("-severity", "-exposure", "path", "line", "pk"),
    "newest": ("-first_at", "-severity", "path", "line", "pk"),
    "file": ("path", "line", "-severity", "pk"),
    "rule": ("rule", "-severity", "-exposure", "path", "line", "pk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which findings: how they stand, how urgent, of which rule and file; words of a search."""

    state: str = FindingState.OPEN
    severity: str = ""
    rule: str = ""
    path: str = ""
    query: str = ""
    sort: str = "exposure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An audited commit in the trend: what is open of each severity, what came and went."""

    run: AuditRun
    open: dict[str, int]
    new: int
    fixed: int

    @property
    def total(self) -> int:
        """All that is open."""
        return sum(self.open.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A share of a whole, as a score shows it; without a whole there is none."""

    name: str
    part: int
    whole: int
    help: str

    @property
    def percent(self) -> int | None:
        """Rounded down, so that only all of it is 100."""
        return self.part * 100 // self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings of one rule or one file."""

    name: str
    title: str
    count: int
    severity: int
    exposure: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a project's audits come to."""

    standing: AuditStanding
    run: AuditRun
    counts: dict[str, int] = field(default_factory=dict)


def overview(project: Project) -> Overview | None:
    """The newest audit and how many findings are open of each severity; None without audits."""
    rows = AuditStanding.objects.select_related("newest").filter(project=project)
    standing = rows.exclude(newest=None).first()
    if standing is None or standing.newest is None:
        return None
    return Overview(standing=standing, run=standing.newest, counts=counts_of(project))


def overviews(projects: Sequence[Project]) -> dict[int, Overview]:
    """The same of many, without what only the page of one shows; two questions for all."""
    rows = AuditStanding.objects.filter(project__in=projects, newest__isnull=False)
    rows = rows.select_related("newest").defer("told", *(f"newest__{one}" for one in _LARGE))
    counts: dict[int, dict[str, int]] = {
        one.project_id: {word.word: 0 for word in reversed(Severity)} for one in rows
    }
    found = AuditFinding.objects.filter(project__in=list(counts), state=FindingState.OPEN)
    for pk, severity, number in (
        found.order_by().values_list("project", "severity").annotate(Count("pk"))
    ):
        counts[pk][Severity(severity).word] = number
    return {
        one.project_id: Overview(standing=one, run=one.newest, counts=counts[one.project_id])
        for one in rows
        if one.newest is not None
    }


def counts_of(project: Project, state: str = FindingState.OPEN) -> dict[str, int]:
    """How many findings in a state there are of each severity, the most urgent first."""
    rows = AuditFinding.objects.filter(project=project, state=state)
    found = dict(rows.values_list("severity").annotate(Count("pk")).order_by())
    return {one.word: found.get(int(one), 0) for one in reversed(Severity)}


def findings_of(project: Project, wanted: Wanted) -> QuerySet[AuditFinding]:
    """The findings in order. A word of the search stands in rule, file, function or text."""
    rows = AuditFinding.objects.filter(project=project)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.severity:
        rows = rows.filter(severity=int(Severity[wanted.severity.upper()]))
    if wanted.rule:
        rows = rows.filter(rule=wanted.rule)
    if wanted.path:
        rows = rows.filter(path=wanted.path)
    for word in wanted.query.split()[:10]:
        rows = rows.filter(
            Q(what__icontains=word)
            | Q(path__icontains=word)
            | Q(rule__icontains=word)
            | Q(function__icontains=word)
        )
    return rows.order_by(*_ORDERS[wanted.sort if wanted.sort in SORTS else "exposure"])


def groups_of(
    project: Project, wanted: Wanted, by: str, rules: dict[str, Any], *, most: int = 100
) -> list[Group]:
    """The findings by rule or by file, the greatest first."""
    column = "path" if by == "file" else "rule"
    found: dict[str, list[tuple[int, float]]] = {}
    rows = findings_of(project, wanted).order_by()
    for name, severity, exposure in rows.values_list(column, "severity", "exposure"):
        found.setdefault(name, []).append((severity, exposure))
    made = [
        Group(
            name=name,
            title=_title(name, rules) if column == "rule" else "",
            count=len(held),
            severity=max(severity for severity, _ in held),
            exposure=max(exposure for _, exposure in held),
        )
        for name, held in found.items()
    ]
    return sorted(made, key=lambda one: (-one.severity, -one.count, one.name))[:most]


def _title(rule: str, rules: dict[str, Any]) -> str:
    held = rules.get(rule)
    return str(held.get("title", "")) if isinstance(held, dict) else ""


def trend(project: Project, *, most: int = MOST_IN_TREND) -> list[Point]:
    """The newest commits that were audited, the oldest of them first.

    What people have accepted counts as if it had never been: it is nothing that anybody has to do.
    """
    runs = list(AuditRun.objects.filter(project=project).defer(*_LARGE).order_by("at"))
    rows = AuditFinding.objects.filter(project=project).exclude(
        Q(accepted_at__isnull=False) | ~Q(code_reason="")
    )
    came: Counter[tuple[datetime, int]] = Counter()
    went: Counter[tuple[datetime, int]] = Counter()
    for at, severity, number in rows.values_list("first_at", "severity").annotate(Count("pk")):
        came[at, severity] += number
    fixed = rows.exclude(fixed_at=None)
    for at, severity, number in fixed.values_list("fixed_at", "severity").annotate(Count("pk")):
        went[at, severity] += number
    return _points(runs, came, went)[-most:]


def _points(
    runs: Sequence[AuditRun],
    came: Counter[tuple[datetime, int]],
    went: Counter[tuple[datetime, int]],
) -> list[Point]:
    """What came before the oldest audit that is kept is open there from the beginning."""
    points: list[Point] = []
    held = Counter[int]()
    before = [key for key in came if runs and key[0] < runs[0].at]
    for at, severity in before:
        held[severity] += came[at, severity]
    for run in runs:
        new = fixed = 0
        for severity in Severity:
            added, gone = came[run.at, severity], went[run.at, severity]
            held[severity] += added - gone
            new, fixed = new + added, fixed + gone
        points.append(
            Point(
                run=run,
                open={one.word: held[one] for one in reversed(Severity)},
                new=new,
                fixed=fixed,
            )
        )
    return points


def scores(shown: Overview) -> list[Score]:
    """The four coverages: of errors, of pages, of what runs, of what it depends on."""
    held = shown.run.coverage
    caught = [int(held.get(name, 0)) for name in ("reported", "logged", "swallowed")]
    runs = held.get("deployed", [])
    heard = set(shown.standing.figures.get("heard_packages", []))
    return [
        Score(
            name="Report",
            part=caught[0],
            whole=sum(caught),
            help="places that catch an error and report it, of those that report, log or swallow",
        ),
        Score(
            name="Boundary",
            part=held.get("bounded", 0),
            whole=held.get("pages", 0),
            help="pages with an error boundary around them",
        ),
        Score(
            name="Runtime",
            part=sum(folder in heard for folder in runs),
            whole=len(runs),
            help="packages that run and of which an event came in 30 days",
        ),
        Score(
            name="Health",
            part=held.get("checked", 0),
            whole=held.get("services", 0),
            help="services that a health check asks, of those that the code talks to",
        ),
    ]


def files_with_findings(project: Project, names: Sequence[str]) -> dict[str, list[AuditFinding]]:
    """Of some names of frames those whose file has open findings, with these."""
    rows = AuditFinding.objects.filter(project=project, state=FindingState.OPEN)
    lasts = {name.rpartition("/")[2] for name in names}
    paths = _called(rows.order_by().values_list("path", flat=True).distinct(), lasts)
    if not paths:
        return {}
    held = AuditTree.objects.filter(project=project).first()
    known = Paths({*paths, *_called(held.paths if held else (), lasts)})
    meant = {name: path for name in names if (path := known.of(name)) in paths}
    by_path: dict[str, list[AuditFinding]] = {path: [] for path in meant.values()}
    for one in rows.filter(path__in=by_path).order_by("-severity", "line", "pk"):
        by_path[one.path].append(one)
    return {name: by_path[path] for name, path in meant.items()}


def _called(paths: Iterable[str], lasts: set[str]) -> set[str]:
    """Those that are called so: a file without findings may fit a name better than one with."""
    return {path for path in paths if path and path.rpartition("/")[2] in lasts}
