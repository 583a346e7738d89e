"""What a release changed: issues that are new, came back or were resolved, and where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, Min, QuerySet

from vedette.issues.models import Issue, Status
from vedette.releases.comparing import is_newer
from vedette.releases.counting import issues_of
from vedette.releases.lookup import releases_of
from vedette.releases.models import (
    RELEASED,
    Regression,
    Release,
    ReleaseEnvironment,
    ReleaseProject,
)
from vedette.store.visible import VisibleProjects

_MOST_ISSUES = 100
_EXACT = timedelta(minutes=2)  # times of releases are exact to a minute
_MOST_CHOICES = 25  # on either side
_MOST_PLACES = 100


class Counted(NamedTuple):
    """An issue and its events: of all time, or where two releases are compared, of one."""

    issue: Issue
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSet:
    """Some issues, the foremost of `total`."""

    rows: list[Counted]
    total: int

    @property
    def issues(self) -> list[Issue]:
        """The issues alone."""
        return [row.issue for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The issues that only one of two releases has, the most frequent first."""

    other: Release
    new: IssueSet
    gone: IssueSet
    common: int


def find_release(visible: VisibleProjects, version: str, organization: str = "") -> Release | None:
    """The release of this name, if it may be seen; of several organisations' the first one's.

    `organization` is the slug of one.
    """
    found = releases_of(visible).filter(version=version)
    if organization:
        found = found.filter(organization__slug=organization)
    return found.select_related("organization").order_by("organization_id").first()


def new_issues(release: Release, visible: VisibleProjects) -> IssueSet:
    """Those whose first event was of this release, the most frequent first."""
    found = _issues(release, visible).filter(first_release=release.version)
    return _set(found.order_by("-event_count", "-pk"))


def regressed_issues(release: Release, visible: VisibleProjects) -> IssueSet:
    """Those that were resolved and came back with it, the newest first."""
    back = Regression.objects.filter(release=release)
    found = _issues(release, visible).filter(pk__in=back.values("issue"))
    return _set(found.order_by("-last_seen", "-pk"))


def resolved_issues(release: Release, visible: VisibleProjects) -> IssueSet:
    """Those that somebody resolved by it and that are resolved still."""
    found = _issues(release, visible).filter(status=Status.RESOLVED, resolution__release=release)
    return _set(found.order_by("-resolved_at", "-pk"))


def environments_of(release: Release, visible: VisibleProjects) -> list[ReleaseEnvironment]:
    """Where and when it was seen last, the last first."""
    seen = ReleaseEnvironment.objects.filter(release=release, project__in=list(visible))
    return list(seen.select_related("project").order_by("-last_seen", "pk")[:_MOST_PLACES])


def other_releases(release: Release, visible: VisibleProjects) -> list[Release]:
    """The nearest of the same projects, which it can be compared with, the newest first."""
    projects = ReleaseProject.objects.filter(release=release, project__in=list(visible))
    shared = ReleaseProject.objects.filter(project__in=projects.values("project"))
    found = Release.objects.filter(pk__in=shared.values("release")).exclude(pk=release.pk)
    found = found.annotate(came=RELEASED)
    older = found.filter(came__lte=release.at).order_by("-came", "-pk")[:_MOST_CHOICES]
    newer = found.filter(came__gt=release.at).order_by("came", "pk")[:_MOST_CHOICES]
    return [*reversed(newer), *older]


def previous_of(release: Release, others: list[Release]) -> Release | None:
    """The nearest of these that is older, of the same package where there is one."""
    older = [one for one in others if is_newer(release, one)]
    same = [one for one in older if one.package == release.package]
    nearest: Release | None = None
    for one in same or older:
        if nearest is None or is_newer(one, nearest):
            nearest = one
    return nearest


def compare(
    release: Release, other: Release, visible: VisibleProjects, environments: tuple[str, ...] = ()
) -> Comparison:
    """Which issues only one of two releases has, by all events that are kept.

    Raises StoreError.
    """
    counts = issues_of(
        visible,
        (release.version, other.version),
        environments,
        lifetime=_lifetime((release, other), visible),
    )
    mine, theirs = counts[release.version], counts[other.version]
    return Comparison(
        other=other,
        new=_most_frequent(mine, theirs),
        gone=_most_frequent(theirs, mine),
        common=len(mine.keys() & theirs.keys()),
    )


def _lifetime(
    releases: Sequence[Release], visible: VisibleProjects
) -> tuple[datetime, datetime] | None:
    """From when until when any of these releases was seen; None if none was."""
    seen = ReleaseEnvironment.objects.filter(release__in=releases, project__in=list(visible))
    times = seen.aggregate(first=Min("first_seen"), last=Max("last_seen"))
    first, last = times["first"], times["last"]
    return (first - _EXACT, last + _EXACT) if first and last else None


def _most_frequent(counts: Counter[int], without: Mapping[int, int]) -> IssueSet:
    wanted = [pk for pk, _ in counts.most_common() if pk not in without]
    found = Issue.objects.select_related("project").in_bulk(wanted[:_MOST_ISSUES])
    rows = [Counted(found[pk], counts[pk]) for pk in wanted[:_MOST_ISSUES] if pk in found]
    return IssueSet(rows=rows, total=len(wanted))


def _issues(release: Release, visible: VisibleProjects) -> QuerySet[Issue]:
    return Issue.objects.filter(
        project__in=list(visible), project__organization=release.organization_id
    ).select_related("project")


def _set(found: QuerySet[Issue]) -> IssueSet:
    rows = [Counted(issue, issue.event_count) for issue in found[:_MOST_ISSUES]]
    return IssueSet(rows=rows, total=found.count())
