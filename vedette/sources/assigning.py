"""Giving new and regressed issues to their first suggested owner, where a project wants it."""

from __future__ import annotations

import logging

from vedette.accounts.models import User
from vedette.issues.assigning import assign_undecided
from vedette.issues.models import Assignment, Issue
from vedette.issues.reading import load_event
from vedette.projects.models import Project
from vedette.releases.models import Regression
from vedette.sources.links import source_links
from vedette.sources.models import Ownership
from vedette.sources.owners import owners_of
from vedette.sources.suspects import suspects_of
from vedette.store.visible import VisibleProjects

log = logging.getLogger(__name__)

_MOST_ISSUES = 100  # of a project in one turn


def assign_waiting(visible: VisibleProjects) -> None:
    """Look at what is new in each project that assigns by itself.

    What one project raises keeps no other from its turn, and is raised when all had it.
    """
    faults: list[Exception] = []
    held = Ownership.objects.filter(assigns=True).select_related("project__organization")
    for ownership in held.order_by("pk"):
        try:
            _assign(ownership, visible)
        except Exception as error:
            log.warning("the issues of %s were not assigned: %s", ownership.project.slug, error)
            faults.append(error)
    if faults:
        raise faults[0]


def begin_assigning(project: Project, *, assigns: bool) -> None:
    """Let the project assign by itself what comes from now on, or no longer."""
    held, _ = Ownership.objects.get_or_create(project=project)
    if assigns and not held.assigns:
        held.last_issue = _last_issue(project)
        held.last_regression = _last_regression(project)
    held.assigns = assigns
    held.save(update_fields=["assigns", "last_issue", "last_regression"])


def _assign(ownership: Ownership, visible: VisibleProjects) -> None:
    project = ownership.project
    issues = list(
        Issue.objects.filter(project=project, pk__gt=ownership.last_issue)
        .select_related("project__organization")
        .order_by("pk")[:_MOST_ISSUES]
    )
    back = list(
        Regression.objects.filter(issue__project=project, pk__gt=ownership.last_regression)
        .select_related("issue__project__organization")
        .order_by("pk")[:_MOST_ISSUES]
    )
    waiting = {one.pk: one for one in [*issues, *(one.issue for one in back)]}
    decided = Assignment.objects.filter(issue__in=waiting).values_list("issue_id", flat=True)
    for pk in sorted(waiting.keys() - set(decided)):
        owner = _owner(waiting[pk], visible)
        if owner is not None and assign_undecided(waiting[pk], owner):
            log.info("issue %d was assigned by the rules of %s", pk, project.slug)
    Ownership.objects.filter(pk=ownership.pk).update(
        last_issue=issues[-1].pk if issues else ownership.last_issue,
        last_regression=back[-1].pk if back else ownership.last_regression,
    )


def _owner(issue: Issue, visible: VisibleProjects) -> User | None:
    event = load_event(visible, issue, "latest")
    if event is None:
        return None
    links = source_links(issue.project)
    suspects = suspects_of(issue, event.payload, links)
    return owners_of(issue.project, event.payload, suspects, links).first


def _last_issue(project: Project) -> int:
    ids = Issue.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)
    return ids.first() or 0


def _last_regression(project: Project) -> int:
    held = Regression.objects.filter(issue__project=project).order_by("-pk")
    return held.values_list("pk", flat=True).first() or 0
