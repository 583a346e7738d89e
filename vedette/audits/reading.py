"""Audits for pages and the API: lists and searches of findings, trends, scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from vedette.projects.models import Project
from vedette.sources.paths import shared_tail

MOST_IN_TREND: Final = 60
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
    runs = list(AuditRun.objects.filter(project=project).order_by("at"))
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
    held, inventory = shown.run.coverage, shown.run.inventory
    caught = [int(held.get(name, 0)) for name in ("reported", "logged", "swallowed")]
    pages = inventory.get("pages", [])
    runs = [one for one in inventory.get("packages", []) if one.get("is_deployed")]
    heard = set(shown.standing.figures.get("heard_packages", []))
    needs = inventory.get("dependencies", [])
    return [
        Score(
            name="Report",
            part=caught[0],
            whole=sum(caught),
            help="places that catch an error and report it, of those that report, log or swallow",
        ),
        Score(
            name="Boundary",
            part=sum(bool(one.get("has_boundary")) for one in pages),
            whole=len(pages),
            help="pages with an error boundary around them",
        ),
        Score(
            name="Runtime",
            part=sum(one.get("folder", "") in heard for one in runs),
            whole=len(runs),
            help="packages that run and of which an event came in 30 days",
        ),
        Score(
            name="Health",
            part=sum(bool(one.get("is_checked")) for one in needs),
            whole=len(needs),
            help="services that a health check asks, of those that the code talks to",
        ),
    ]


def files_with_findings(project: Project, names: Sequence[str]) -> dict[str, list[AuditFinding]]:
    """Of some names of frames those whose file has open findings, with these.

    The longest end that a name shares with a file's path decides, two parts of it at least; a name
    of one part is only a file that lies at the root.
    """
    lasts = {name.rpartition("/")[2] for name in names if name}
    if not lasts:
        return {}
    ends = Q()
    for last in sorted(lasts)[:200]:
        ends |= Q(path=last) | Q(path__endswith=f"/{last}")
    rows = AuditFinding.objects.filter(ends, project=project, state=FindingState.OPEN)
    by_path: dict[str, list[AuditFinding]] = {}
    for one in rows.order_by("-severity", "line", "pk")[:2000]:
        by_path.setdefault(one.path, []).append(one)
    if not by_path:
        return {}
    known = {*by_path, *_files_named(project, lasts)}  # one without findings may fit better
    found = {}
    for name in names:
        path = match(name, known)
        if path in by_path:
            found[name] = by_path[path]
    return found


def _files_named(project: Project, lasts: set[str]) -> Iterator[str]:
    """The files of the newest audit that are called so."""
    held = AuditTree.objects.filter(project=project).first()
    for path in held.paths if held else ():
        if path.rpartition("/")[2] in lasts:
            yield path


def match(name: str, paths: Iterable[str]) -> str:
    """The path that a frame's name means; empty if none, or two as well as each other.

    The more parts of their ends are the same the better; of two the one that is the end of the
    name as a whole. One part is enough only for a file at the root that is called just so.
    """
    ranks = {}
    for path in paths:
        shared = shared_tail(name, path)
        if shared >= 2 or name.strip("/") == path:
            ranks[path] = (shared, shared == path.count("/") + 1)
    best = max(ranks.values(), default=None)
    fit = [path for path, rank in ranks.items() if rank == best]
    return fit[0] if len(fit) == 1 else ""
