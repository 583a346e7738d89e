"""What people have made and decided, as parts of an export: members, projects, keys, issues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from vedette.accounts.models import Membership, Organization
from vedette.exporting.shapes import Holds, Part, Record, Shape
from vedette.issues.models import Issue, IssueKey
from vedette.projects.models import Project, ProjectKey

M = TypeVar("M", bound=Model)
_PORTION = 500
_I, _T, _B, _AT, _J = Holds.INTEGER, Holds.TEXT, Holds.TRUTH, Holds.TIME, Holds.JSON
MEMBERS = Shape(
    "members",
    {"email": _T, "name": _T, "role": _T, "sees_all": _B, "projects": _J, "created_at": _AT},
)
PROJECTS = Shape("projects", {"id": _I, "slug": _T, "name": _T, "platform": _T, "created_at": _AT})
KEYS = Shape(
    "keys",
    {
        "project_id": _I,
        "public_key": _T,
        "label": _T,
        "is_active": _B,
        "works_until": _I,
        "former_project_id": _I,
        "created_at": _AT,
    },
)
_ISSUE_TEXTS = (
    *("event_type", "type", "value", "culprit", "filename", "function", "logger", "level"),
    *("platform", "status", "substatus", "priority", "first_release", "last_release"),
)
_ISSUE_TIMES = ("first_seen", "last_seen", "resolved_at", "created_at")
ISSUES = Shape(
    "issues",
    {
        "id": _I,
        "project_id": _I,
        "short_id": _I,
        "short_name": _T,
        "title": _T,
        **dict.fromkeys(_ISSUE_TEXTS, _T),
        "is_unhandled": _B,
        "event_count": _I,
        **dict.fromkeys(_ISSUE_TIMES, _AT),
        "assignee": _T,
        "groups": _J,
    },
)


def parts(organization: Organization, projects: Sequence[Project]) -> list[Part]:
    """Everything beside telemetry of these projects, and who belongs to the organisation."""
    members = (
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .prefetch_related("limited_to")
    )
    keys = ProjectKey.objects.filter(project__in=projects)
    return [
        Part(MEMBERS, lambda: _portions(members, lambda held: [_member(one) for one in held])),
        Part(PROJECTS, lambda: iter([[_project(one) for one in projects]])),
        Part(KEYS, lambda: _portions(keys, lambda held: [_key(one) for one in held])),
        issues(projects),
    ]


def issues(projects: Sequence[Project]) -> Part:
    """The issues of these projects, with the groups of events that belong to each."""
    held = Issue.objects.filter(project__in=projects).select_related("project", "assignment__user")
    return Part(ISSUES, lambda: _portions(held, _issues))


def _portions(
    query: QuerySet[M], record: Callable[[list[M]], list[Record]]
) -> Iterator[list[Record]]:
    """In the order of their ids, so that what is added meanwhile shifts nothing."""
    last = 0
    while held := list(query.filter(pk__gt=last).order_by("pk")[:_PORTION]):
        yield record(held)
        last = held[-1].pk


def _member(one: Membership) -> Record:
    return {
        "email": one.user.email,
        "name": one.user.name,
        "role": one.role,
        "sees_all": one.sees_all,
        "projects": [held.project_id for held in one.limited_to.all()],
        "created_at": _time(one.created_at),
    }


def _project(one: Project) -> Record:
    return {
        "id": one.pk,
        "slug": one.slug,
        "name": one.name,
        "platform": one.platform,
        "created_at": _time(one.created_at),
    }


def _key(one: ProjectKey) -> Record:
    return {
        "project_id": one.project_id,
        "public_key": one.public_key,
        "label": one.label,
        "is_active": one.is_active,
        "works_until": one.works_until,
        "former_project_id": one.former_project_id,
        "created_at": _time(one.created_at),
    }


def _issues(held: list[Issue]) -> list[Record]:
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for key in IssueKey.objects.filter(issue__in=held).order_by("pk"):
        groups[key.issue_id].append(
            {"group_id": key.group_id, "key": key.key, "version": key.version}
        )
    return [_issue(one, groups[one.pk]) for one in held]


def _issue(one: Issue, groups: list[dict[str, Any]]) -> Record:
    assignment = getattr(one, "assignment", None)
    user = assignment.user if assignment is not None else None
    return {
        "id": one.pk,
        "project_id": one.project_id,
        "short_id": one.short_id,
        "short_name": one.short_name,
        "title": one.title,
        **{name: getattr(one, name) for name in _ISSUE_TEXTS},
        "is_unhandled": one.is_unhandled,
        "event_count": one.event_count,
        **{name: _time(getattr(one, name)) for name in _ISSUE_TIMES},
        "assignee": user.email if user is not None else None,
        "groups": groups,
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
