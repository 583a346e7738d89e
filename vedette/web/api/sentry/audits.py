"""`audits/` and `findings/`: audits of a project's code, taken from `vedette audit --upload`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from msgspec import Meta

from vedette.access.actions import Action
from vedette.alerts import findings as alerts
from vedette.audit.document import MOST_BYTES, Document, WrongDocument, read_document
from vedette.audit.finding import Severity
from vedette.audits import acting, reading
from vedette.audits.models import AuditFinding, AuditRun
from vedette.audits.recording import record
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Paging, Text, paginate
from vedette.web.api.typed import Parameters
from vedette.wire.encodings import EncodingError, inflate

_PAGE = 100
_SECONDS = 60.0
_MOST_SKIPPED = 100_000


class AuditsQuery(Paging):
    """Which audits."""


class FindingsQuery(Paging):
    """Which findings: how they stand, how urgent, of which rule and file, and a search."""

    query: Text = ""
    state: Literal["open", "fixed", "accepted", ""] = "open"
    severity: Literal["info", "routine", "important", "urgent", ""] = ""
    rule: Text = ""
    path: Text = ""
    sort: Literal["exposure", "newest", "file", "rule"] = "exposure"


class FindingBody(Parameters):
    """Accept a finding, for which a reason is due, or open it again."""

    state: Literal["open", "accepted"]
    reason: Annotated[str, Meta(max_length=acting.MOST_REASON)] = ""


@endpoint(get=Action.VIEW_EVENTS, post=Action.MANAGE_RELEASES, query=AuditsQuery, seconds=_SECONDS)
def project_audits(
    request: HttpRequest, caller: Caller, query: AuditsQuery, organization: str, project: str
) -> HttpResponse:
    """The audits of a project, the newest commit first; a POST takes one, as the auditor sends
    it: JSON, packed with gzip or not."""
    owner = caller.project(organization, project)
    if request.method == "POST":
        return _taken(owner, _read(request), caller)
    size = query.size(default=_PAGE, most=_PAGE)
    offset = min(read_offset(query.cursor), _MOST_SKIPPED)
    runs = AuditRun.objects.filter(project=owner).defer("inventory", "rules", "fine")
    rows = runs.order_by("-at")[offset : offset + size + 1]
    found = list(rows)
    shown = answer([_run_shape(one) for one in found[:size]])
    following = f"o:{offset + size}" if len(found) > size else None
    return paginate(request, shown, following=following)


@endpoint(get=Action.VIEW_EVENTS)
def project_joins(
    request: HttpRequest, caller: Caller, organization: str, project: str
) -> HttpResponse:
    """What the newest audit and the events of 30 days say together, and the four coverages."""
    owner = caller.project(organization, project)
    shown = reading.overview(owner)
    if shown is None:
        return answer({"commit": None, "lookedAt": None, "coverage": {}, "told": []})
    looked_at = shown.standing.looked_at
    body = {
        "commit": shown.run.commit,
        "lookedAt": time_text(looked_at) if looked_at else None,
        "coverage": {
            one.name.lower(): {"part": one.part, "whole": one.whole}
            for one in reading.scores(shown)
        },
        "told": shown.standing.told,
    }
    return answer(body)


@endpoint(get=Action.VIEW_EVENTS, query=FindingsQuery)
def project_findings(
    request: HttpRequest, caller: Caller, query: FindingsQuery, organization: str, project: str
) -> HttpResponse:
    """The findings of a project, the most urgent first."""
    owner = caller.project(organization, project)
    wanted = reading.Wanted(
        state=query.state,
        severity=query.severity,
        rule=query.rule,
        path=query.path,
        query=query.query,
        sort=query.sort,
    )
    size = query.size(default=_PAGE, most=_PAGE)
    offset = min(read_offset(query.cursor), _MOST_SKIPPED)
    found = list(reading.findings_of(owner, wanted)[offset : offset + size + 1])
    shown = answer([_finding_shape(one) for one in found[:size]])
    following = f"o:{offset + size}" if len(found) > size else None
    return paginate(request, shown, following=following)


@endpoint(get=Action.VIEW_EVENTS, put=Action.TRIAGE, body=FindingBody)
def project_finding(
    request: HttpRequest,
    caller: Caller,
    body: FindingBody | None,
    organization: str,
    project: str,
    fingerprint: str,
) -> HttpResponse:
    """One finding, with its texts; a PUT accepts it for a reason, or opens it again."""
    owner = caller.project(organization, project)
    held = AuditFinding.objects.filter(project=owner, fingerprint=fingerprint).first()
    if held is None:
        raise not_found()
    if body is not None:
        _change(held, body, caller)
        held.refresh_from_db()
    shown = reading.overview(owner)
    texts = shown.run.rules.get(held.rule, {}) if shown else {}
    return answer({**_finding_shape(held), "about": texts})


def _change(held: AuditFinding, body: FindingBody, caller: Caller) -> None:
    with transaction.atomic():
        if body.state == "open":
            acting.reopen([held])
        else:
            try:
                acting.accept([held], body.reason, caller.user)
            except acting.NoReason as error:
                raise ApiError(400, str(error)) from None
        alerts.react(held.project_id, [], commit="")


def _read(request: HttpRequest) -> Document:
    """The document of a request. Raises ApiError: 400, 413, 415."""
    encoding = request.headers.get("Content-Encoding", "").strip().encode("latin-1", "replace")
    try:
        text = inflate(request.body, encoding, MOST_BYTES)
        return read_document(text)
    except EncodingError as error:
        raise ApiError(error.status, f"The audit cannot be read: {error}") from None
    except WrongDocument as error:
        raise ApiError(400, f"The audit cannot be read: {error}"[:500]) from None


def _taken(project: Project, document: Document, caller: Caller) -> HttpResponse:
    with transaction.atomic():
        taken = record(project, document, by=caller.name)
        alerts.react(project.pk, taken.new, commit=document.commit)
    page, config = reverse("audit-project", args=[project.pk]), settings.CONFIG
    body = {
        **_run_shape(taken.run),
        "isNewest": taken.is_newest,
        "new": len(taken.new),
        "fixed": taken.fixed,
        "open": reading.counts_of(project),
        "url": str(config.base_url.removesuffix(config.path_prefix)) + page,
    }
    return answer(body, status=201)


def _run_shape(run: AuditRun) -> dict[str, Any]:
    return {
        "commit": run.commit,
        "committed": time_text(run.at),
        "received": time_text(run.received_at),
        "release": run.release or None,
        "version": run.version,
        "sentBy": run.sent_by,
        "coverage": run.coverage,
    }


def _finding_shape(one: AuditFinding) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "fingerprint": one.fingerprint,
        "rule": one.rule,
        "severity": Severity(one.severity).word,
        "what": one.what,
        "path": one.path,
        "line": one.line or None,
        "function": one.function or None,
        "subject": one.subject or None,
        "state": one.state,
        "reason": one.accepted_reason or one.code_reason or None,
        "explained": one.explained,
        "exposure": round(one.exposure, 2),
        "events": one.events,
        "firstSeen": {"commit": one.first_commit, "at": time_text(one.first_at)},
        "lastSeen": {"commit": one.last_commit, "at": time_text(one.last_at)},
        "fixed": {"commit": one.fixed_commit, "at": time_text(one.fixed_at)}
        if one.fixed_at
        else None,
        "snippet": one.snippet,
        "instead": one.instead,
    }


_PROJECT = "projects/<str:organization>/<str:project>"
ROUTES = [
    path(f"{_PROJECT}/audits/", project_audits),
    path(f"{_PROJECT}/audits/joins/", project_joins),
    path(f"{_PROJECT}/findings/", project_findings),
    path(f"{_PROJECT}/findings/<str:fingerprint>/", project_finding),
]
