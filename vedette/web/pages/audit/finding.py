"""One finding: what is wrong, what to write instead, what really happens in its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.alerts import findings as alerts
from vedette.audit.finding import Severity
from vedette.audits import acting, reading
from vedette.audits.models import AuditFinding
from vedette.audits.seen import DAYS
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.sources.links import file_address, mappings_of, source_links
from vedette.sources.paths import FramePlace
from vedette.telemetry.issues import issues_of
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.audit.lines import place_of
from vedette.web.rendering import show
from vedette.web.scope import shared_filter

_TONES: Final = {"urgent": "error", "important": "warning", "routine": "info", "info": "debug"}
_MOST_BESIDE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """A line of a change: taken away, or put there."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingContext:
    """What the page shows. `issues` are those whose errors pass through the file, with events and
    users; `told` what the joins say of this very finding."""

    project: Project
    reference: str
    finding: AuditFinding
    severity: str
    tone: str
    place: str
    title: str
    why: str
    advice: str
    snippet: list[tuple[int, str]]
    diff: list[DiffLine]
    issues: list[tuple[Issue, int, int]]
    told: list[Mapping[str, Any]]
    beside: list[AuditFinding]
    link: str
    days: int
    is_looked_at: bool
    may_change: bool
    error: str = ""
    reason: str = ""


def audit_finding(request: HttpRequest, viewer: Viewer, slug: str, finding_id: int) -> HttpResponse:
    """The page; a POST accepts the finding for a `reason`, or opens it again."""
    shared_filter(request, viewer)
    project = viewer.project(slug)
    rows = AuditFinding.objects.select_related("accepted_by")
    held = get_object_or_404(rows, project=project, pk=finding_id)
    if request.method != "POST":
        return _page(request, viewer, project, held)
    reason = request.POST.get("reason", "")[: acting.MOST_REASON]
    try:
        _change(held, request.POST.get("do", ""), reason, viewer)
    except acting.NoReason as error:
        return _page(request, viewer, project, held, error=str(error), reason=reason)
    done = "Open again." if request.POST.get("do") == "reopen" else "Accepted."
    put_flash(request, Flash(text=done))
    return redirect(reverse("audit-finding", args=[viewer.reference(project), held.pk]))


def _change(held: AuditFinding, do: str, reason: str, viewer: Viewer) -> None:
    with transaction.atomic():
        if do == "reopen":
            acting.reopen([held])
        else:
            acting.accept([held], reason, viewer.user)
        alerts.react(held.project_id, [], commit="")


def _page(
    request: HttpRequest,
    viewer: Viewer,
    project: Project,
    held: AuditFinding,
    *,
    error: str = "",
    reason: str = "",
) -> HttpResponse:
    shown = reading.overview(project)
    text = shown.run.rules.get(held.rule, {}) if shown else {}
    told = shown.standing.told if shown else []
    severity = Severity(held.severity).word
    context = FindingContext(
        project=project,
        reference=viewer.reference(project),
        finding=held,
        severity=severity,
        tone=_TONES[severity],
        place=place_of(held),
        title=str(text.get("title", held.rule)),
        why=str(text.get("why", "")),
        advice=str(text.get("advice", "")),
        snippet=list(enumerate(map(str, held.snippet), held.line or 1)),
        diff=_diff(held.instead),
        issues=_issues(viewer, held, shown),
        told=[one for one in told if one.get("fingerprint") == held.fingerprint],
        beside=_beside(held),
        link=_link(project, held),
        days=DAYS,
        is_looked_at=bool(shown and shown.standing.figures),
        may_change=viewer.may(Action.TRIAGE, project),
        error=error,
        reason=reason,
    )
    status = 400 if error else 200
    return show(request, "pages/audit/finding.html", context, section="audit", status=status)


def _diff(instead: Any) -> list[DiffLine]:
    if not isinstance(instead, dict):
        return []
    old = [DiffLine(sign="-", text=str(one)) for one in instead.get("old", [])]
    return [*old, *(DiffLine(sign="+", text=str(one)) for one in instead.get("new", []))]


def _issues(
    viewer: Viewer, held: AuditFinding, shown: reading.Overview | None
) -> list[tuple[Issue, int, int]]:
    """Of the groups that pass through the file those that the viewer may see, as issues."""
    files = shown.standing.figures.get("files", {}) if shown else {}
    rows = [(int(group), events, users) for group, events, users in files.get(held.path, [])]
    visible = viewer.visible.only([held.project_id])
    known = issues_of(visible, [group for group, _, _ in rows])
    events: Counter[Issue] = Counter()
    users: Counter[Issue] = Counter()
    for group, number, people in rows:
        if group in known:
            events[known[group]] += number
            users[known[group]] = max(users[known[group]], people)
    return [(issue, number, users[issue]) for issue, number in events.most_common()]


def _beside(held: AuditFinding) -> list[AuditFinding]:
    """Other open findings of the file."""
    if not held.path:
        return []
    rows = AuditFinding.objects.filter(project=held.project_id, path=held.path, state="open")
    return list(rows.exclude(pk=held.pk).order_by("line", "pk")[:_MOST_BESIDE])


def _link(project: Project, held: AuditFinding) -> str:
    """Where the repository shows the line at the audited commit.

    The path is that of a file below the audited folder: mapped as frames are, or that of the only
    repository of the project.
    """
    if not held.path:
        return ""
    line = held.line or None
    file = source_links(project).file(FramePlace((held.path,), line))
    if file is not None:
        repository, path = file.mapping.repository, file.path
    else:
        known = {one.repository_id: one.repository for one in mappings_of(project)}
        if len(known) != 1:
            return ""
        (repository,), path = known.values(), held.path
    return file_address(repository, path, line=line, ref=held.last_commit)
