"""What lists say of releases, from the metadata: projects, times, new issues, commits, deploys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min

from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.releases.models import (
    Commit,
    Deploy,
    Release,
    ReleaseCommit,
    ReleaseEnvironment,
    ReleaseProject,
)
from vedette.store.visible import VisibleProjects

_MOST_AUTHORS = 100
_LOOKED_AT = 500  # of a release's newest commits, for the authors


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of one release within the projects that may be seen.

    `new_issues` are counted by project, `deploys` are the last of each environment, the newest
    first, `authors` those of its newest commits.
    """

    projects: list[Project] = field(default_factory=list)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    new_issues: dict[int, int] = field(default_factory=dict)
    deploys: list[Deploy] = field(default_factory=list)
    deploy_count: int = 0
    commit_count: int = 0
    authors: list[tuple[str, str]] = field(default_factory=list)
    last_commit: Commit | None = None

    @property
    def new_issue_count(self) -> int:
        """New issues of all these projects."""
        return sum(self.new_issues.values())


def facts_of(releases: Sequence[Release], visible: VisibleProjects) -> dict[int, Facts]:
    """The facts of each release by its id, in a fixed number of queries."""
    found = {release.pk: Facts() for release in releases}
    projects = list(visible)
    _add_projects(found, projects)
    _add_times(found, projects)
    _add_new_issues(found, releases, projects)
    _add_deploys(found, projects)
    _add_commits(found)
    return found


def _add_projects(found: dict[int, Facts], projects: Iterable[int]) -> None:
    held = ReleaseProject.objects.filter(release__in=found, project__in=projects)
    for row in held.select_related("project").order_by("project__slug", "project_id"):
        found[row.release_id].projects.append(row.project)


def _add_times(found: dict[int, Facts], projects: Iterable[int]) -> None:
    seen = ReleaseEnvironment.objects.filter(release__in=found, project__in=projects)
    for pk, first, last in (
        seen.values("release")
        .annotate(first=Min("first_seen"), last=Max("last_seen"))
        .values_list("release", "first", "last")
    ):
        found[pk].first_seen, found[pk].last_seen = first, last


def _add_new_issues(
    found: dict[int, Facts], releases: Sequence[Release], projects: Iterable[int]
) -> None:
    """An issue is new in the release of its first event; its project says whose release."""
    by_version: dict[str, list[Release]] = defaultdict(list)
    for release in releases:
        by_version[release.version].append(release)
    issues = Issue.objects.filter(first_release__in=by_version, project__in=projects)
    counted = issues.values("first_release", "project", "project__organization")
    for version, project, organization, number in counted.annotate(n=Count("pk")).values_list(
        "first_release", "project", "project__organization", "n"
    ):
        for release in by_version[version]:
            if release.organization_id == organization:
                found[release.pk].new_issues[project] = number


def _add_deploys(found: dict[int, Facts], projects: Iterable[int]) -> None:
    deploys = Deploy.objects.filter(release__in=found, projects__in=projects).distinct()
    seen: set[tuple[int, str]] = set()
    for deploy in deploys.order_by("-finished_at", "-pk"):
        facts = found[deploy.release_id]
        facts.deploy_count += 1
        if (deploy.release_id, deploy.environment) not in seen:
            seen.add((deploy.release_id, deploy.environment))
            facts.deploys.append(deploy)


def _add_commits(found: dict[int, Facts]) -> None:
    held = ReleaseCommit.objects.filter(release__in=found)
    for pk, number in held.values("release").annotate(n=Count("pk")).values_list("release", "n"):
        found[pk].commit_count = number
    for one in held.filter(order=0).select_related("commit__repository"):
        found[one.release_id].last_commit = one.commit
    authors = (
        held.filter(order__lt=_LOOKED_AT)
        .order_by("release")
        .values_list("release", "commit__author_name", "commit__author_email")
    )
    for pk, name, email in authors.distinct():
        if (name or email) and len(found[pk].authors) < _MOST_AUTHORS:
            found[pk].authors.append((name, email))
