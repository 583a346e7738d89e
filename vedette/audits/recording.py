"""Takes the audit of a commit: findings that are new, still there, fixed.

Audits come in any order. How a finding stands follows from the times of the commits that have it
and of those that were audited, so an older commit that comes late changes only the past. The same
commit again takes the place of its own first audit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import transaction

from vedette import clock
from vedette.audit.document import Document, SentFinding
from vedette.audit.finding import Severity
from vedette.audits.models import AuditFinding, AuditRun, AuditStanding, AuditTree, FindingState
from vedette.projects.models import Project

MOST_RUNS: Final = 500  # of a project; the oldest go first, and what was fixed before them
MOST_FIXED = 20_000  # findings of a project that are remembered after they were fixed
_AT_ONCE: Final = 500
_TICK: Final = timedelta(microseconds=1)
_INVENTORY: Final = ("packages", "jobs", "pages", "captures", "dependencies")
_TEXTS: Final = (
    *("rule", "severity", "what", "path", "line", "last_line", "function", "subject"),
    *("explained", "snippet", "instead", "code_reason"),
)
_TIMES: Final = ("first_at", "first_commit", "last_at", "last_commit", "fixed_at", "fixed_commit")
_Commit = tuple[datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an audit came to. `new` are open findings that no audit had before, those that had gone
    and are back, and those that are urgent since; none of the first audit of a project, of an older
    commit, or of one that was here already."""

    run: AuditRun
    is_newest: bool
    is_first: bool
    new: list[AuditFinding]
    fixed: int


@transaction.atomic
def record(project: Project, document: Document, *, by: str) -> Taken:
    """Store it and work out how every finding of the project stands."""
    standing, _ = AuditStanding.objects.get_or_create(project=project)
    standing = AuditStanding.objects.select_for_update(of=("self",)).get(pk=standing.pk)
    is_first = not AuditRun.objects.filter(project=project).exists()
    was_here = AuditRun.objects.filter(project=project, commit=document.commit).exists()
    run = _run(project, document, by)
    _forget_oldest(project, run)
    commits = list(
        AuditRun.objects.filter(project=project).order_by("at").values_list("at", "commit")
    )
    known = {one.fingerprint: one for one in AuditFinding.objects.filter(project=project)}
    before = {one.pk: _written(one) for one in known.values()}
    made = _merge(project, run, document, known, commits)
    settle([*known.values(), *made], commits)
    _save(known.values(), before)
    AuditFinding.objects.bulk_create(made, _AT_ONCE)
    is_newest = commits[-1][1] == run.commit
    if is_newest:
        AuditTree.objects.update_or_create(project=project, defaults={"paths": document.paths})
    _stand(standing, run, commits[-1][1])
    return Taken(
        run=run,
        is_newest=is_newest,
        is_first=is_first,
        new=_new(made, known.values(), before) if is_newest and not (is_first or was_here) else [],
        fixed=sum(
            one.state == FindingState.FIXED and before[one.pk]["state"] != FindingState.FIXED
            for one in known.values()
        ),
    )


def _new(
    made: Iterable[AuditFinding],
    known: Iterable[AuditFinding],
    before: Mapping[int, Mapping[str, Any]],
) -> list[AuditFinding]:
    """What nobody has been told of as it is."""
    found = [one for one in made if one.state == FindingState.OPEN]
    for one in known:
        was = before[one.pk]
        is_back = was["state"] == FindingState.FIXED
        is_raised = one.severity == Severity.URGENT != was["severity"]
        if one.state == FindingState.OPEN and (is_back or is_raised):
            found.append(one)
    return found


def _written(one: AuditFinding) -> dict[str, Any]:
    """What an audit may change of a finding."""
    return {name: getattr(one, name) for name in (*_TEXTS, *_TIMES, "state")}


def _save(findings: Iterable[AuditFinding], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Write what has changed: of most findings the same, so it is one statement for many."""
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for one in findings:
        was = before[one.pk]
        changes = {name: value for name, value in _written(one).items() if was[name] != value}
        if changes:
            alike.setdefault(repr(changes), (changes, []))[1].append(one.pk)
    for changes, ids in alike.values():
        for at in range(0, len(ids), _AT_ONCE):
            AuditFinding.objects.filter(pk__in=ids[at : at + _AT_ONCE]).update(**changes)


def settle(findings: Iterable[AuditFinding], commits: Sequence[_Commit]) -> None:
    """Set of each finding when it was fixed, and its state; saves nothing."""
    times = [at for at, _ in commits]
    for one in findings:
        later = bisect_right(times, one.last_at)
        one.fixed_at, one.fixed_commit = commits[later] if later < len(commits) else (None, "")
        one.state = state_of(one)


def state_of(one: AuditFinding) -> FindingState:
    """How a finding stands, by what is known of it."""
    if one.fixed_at is not None:
        return FindingState.FIXED
    is_accepted = one.accepted_at is not None or bool(one.code_reason)
    return FindingState.ACCEPTED if is_accepted else FindingState.OPEN


def _run(project: Project, document: Document, by: str) -> AuditRun:
    """The row of this commit, made or written anew. No two commits have the same time."""
    held = AuditRun.objects.filter(project=project, commit=document.commit).first()
    inventory: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(document, name)) for name in _INVENTORY
    }
    run = held or AuditRun(project=project, commit=document.commit, at=_time(project, document))
    run.received_at, run.sent_by = clock.now(), by[:320]
    run.release, run.version = document.release, document.version
    run.coverage = _coverage(document)
    run.inventory, run.fine = inventory, document.fine
    run.rules = {name: msgspec.to_builtins(one) for name, one in document.rules.items()}
    run.save()
    return run


def _coverage(document: Document) -> dict[str, Any]:
    """What scores are made of, and how many files of each language were read."""
    return {
        "reported": document.coverage.reported,
        "logged": document.coverage.logged,
        "swallowed": document.coverage.swallowed,
        "pages": len(document.pages),
        "bounded": sum(one.has_boundary for one in document.pages),
        "services": len(document.dependencies),
        "checked": sum(one.is_checked for one in document.dependencies),
        "deployed": [one.folder for one in document.packages if one.is_deployed],
        "files": document.files,
    }


def _time(project: Project, document: Document) -> datetime:
    """The commit's, but not of the future; without one, that of the upload."""
    now = clock.now()
    at = datetime.fromtimestamp(document.committed_at, UTC) if document.committed_at else now
    at = min(at, now)
    taken = set(
        AuditRun.objects.filter(
            project=project, at__gte=at, at__lt=at + timedelta(seconds=1)
        ).values_list("at", flat=True)
    )
    while at in taken:
        at += _TICK
    return at


def _forget_oldest(project: Project, run: AuditRun) -> None:
    """What is beyond the last ones goes, but not the one that is being taken: of an older commit
    that comes late it goes with the next."""
    rows = AuditRun.objects.filter(project=project).exclude(pk=run.pk).order_by("-at")
    fixed = AuditFinding.objects.filter(project=project, state=FindingState.FIXED)
    old = list(rows.values_list("at", flat=True)[MOST_RUNS - 1 : MOST_RUNS])
    if old:
        rows.filter(at__lte=old[0]).order_by().delete()
        fixed.filter(fixed_at__lte=old[0]).delete()
    surplus = list(fixed.order_by("-fixed_at", "-pk").values_list("pk", flat=True)[MOST_FIXED:])
    for start in range(0, len(surplus), _AT_ONCE):
        fixed.filter(pk__in=surplus[start : start + _AT_ONCE]).delete()


def _merge(
    project: Project,
    run: AuditRun,
    document: Document,
    known: dict[str, AuditFinding],
    commits: Sequence[_Commit],
) -> list[AuditFinding]:
    """Write what the audit says into what is known; returns the findings that are new."""
    sent = {one.fingerprint: one for one in document.findings}
    _take_back(run, known, sent, commits)
    made = []
    for fingerprint, one in sent.items():
        held = known.get(fingerprint)
        if held is None:
            held = AuditFinding(
                project=project,
                fingerprint=fingerprint,
                first_at=run.at,
                first_commit=run.commit,
                last_at=run.at,
                last_commit=run.commit,
            )
            made.append(held)
            _write(held, one)
            continue
        if run.at >= held.last_at:
            held.last_at, held.last_commit = run.at, run.commit
            _write(held, one)
        if run.at < held.first_at:
            held.first_at, held.first_commit = run.at, run.commit
    return made


def _take_back(
    run: AuditRun,
    known: dict[str, AuditFinding],
    sent: Mapping[str, SentFinding],
    commits: Sequence[_Commit],
) -> None:
    """What an earlier audit of the same commit had and this one has not: it is not there."""
    times = [at for at, _ in commits]
    place = times.index(run.at)
    gone = []
    for one in known.values():
        if one.fingerprint in sent or run.at not in (one.first_at, one.last_at):
            continue
        if one.first_at == one.last_at:
            gone.append(one)
        elif run.at == one.last_at and place > 0:
            one.last_at, one.last_commit = commits[place - 1]
        elif run.at == one.first_at and place + 1 < len(commits):
            one.first_at, one.first_commit = commits[place + 1]
    for one in gone:
        del known[one.fingerprint]
        one.delete()


def _write(held: AuditFinding, one: SentFinding) -> None:
    held.rule, held.severity, held.what = one.rule, int(one.weight), one.what
    held.path, held.line, held.last_line = one.path, one.line, one.last_line
    held.function, held.subject, held.explained = one.function, one.subject, one.explained
    held.snippet = one.snippet
    held.instead = msgspec.to_builtins(one.instead) if one.instead else None
    held.code_reason = (one.reason or "accepted in the code") if one.is_accepted else ""


def _stand(standing: AuditStanding, run: AuditRun, newest: str) -> None:
    """The joins are to be worked out anew. What only the newest audit is asked for goes from the
    others: it is most of what an audit takes, and no older one is ever the newest again."""
    held = AuditRun.objects.get(project=standing.project_id, commit=newest)
    seen = [one for one in (run.pk, standing.newest_id) if one is not None]
    others = [one for one in seen if one != held.pk]
    AuditRun.objects.filter(pk__in=others).update(inventory={}, rules={}, fine=[])
    standing.newest, standing.looked_at = held, None
    standing.save()


def severity_word(value: int) -> str:
    """As people write it."""
    return Severity(value).word
