"""Who works on an issue. The caller says which projects it may touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from vedette import clock
from vedette.access.sight import members_of, sights
from vedette.accounts.models import User
from vedette.issues.models import Assignment, Issue
from vedette.projects.models import Project
from vedette.workflow.noting import note_assigned


class NotAMember(ValueError):
    """Whom an issue was to be assigned to does not see its project; the text says so."""


def find_assignee(project: Project, name: str) -> User:
    """The member who sees the project, by id or address. Raises NotAMember."""
    held = members_of(project).filter(user__is_active=True)
    if name.isascii() and name.isdigit() and len(name) < 19:
        held = held.filter(user=int(name))
    else:
        held = held.filter(user__email=name.strip().lower())
    for sight in sights(project, list(held[:1])):
        if sight.is_open:
            return sight.membership.user
    raise NotAMember(f"{name[:100]!r} is no member who sees {project}")


def assignable(project: Project, *, most: int) -> tuple[list[User], bool]:
    """Some of the members who see the project, and whether there are more members."""
    held = list(members_of(project).filter(user__is_active=True)[: most + 1])
    users = [one.membership.user for one in sights(project, held[:most]) if one.is_open]
    return users, len(held) > most


@transaction.atomic
def assign(
    projects: Sequence[Project], issue_ids: Iterable[int], user: User | None, *, by: User | None
) -> int:
    """Give the issues to somebody, or to nobody; returns how many are of these projects.

    The user sees the projects (`find_assignee`).
    """
    mine = Issue.objects.filter(project__in=projects, pk__in=list(issue_ids))
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    theirs = set(
        Assignment.objects.filter(issue__in=ids, user=user).values_list("issue_id", flat=True)
    )
    Assignment.objects.bulk_create(
        [Assignment(issue_id=pk, user=user, by=by, at=clock.now()) for pk in ids],
        update_conflicts=True,
        unique_fields=["issue"],
        update_fields=["user", "by", "at"],
    )
    if user is not None:
        note_assigned([pk for pk in ids if pk not in theirs], user, by)
    return len(ids)


@transaction.atomic
def assign_undecided(issue: Issue, user: User) -> bool:
    """Give the issue to somebody by its project's rules, unless somebody decided meanwhile."""
    wanted = Assignment(issue=issue, user=user, at=clock.now())
    was_decided = Assignment.objects.filter(issue=issue).exists()
    Assignment.objects.bulk_create([wanted], ignore_conflicts=True)
    is_theirs = Assignment.objects.filter(issue=issue, user=user, by=None).exists()
    if is_theirs and not was_decided:
        note_assigned([issue.pk], user, None)
    return is_theirs


def assignment_of(issue: Issue) -> Assignment | None:
    """Who works on it, if anybody does."""
    return assignments_of([issue]).get(issue.pk)


def assignments_of(issues: Iterable[Issue]) -> dict[int, Assignment]:
    """Who works on each of these, by the issue's id; of those whom somebody does."""
    held = Assignment.objects.filter(issue__in=[one.pk for one in issues], user__isnull=False)
    return {one.issue_id: one for one in held.select_related("user", "by")}
