"""Issues that are resolved by a release: what was said, and which events bring them back.

An issue that is resolved in a release comes back with an event of that release or a newer one;
one that is resolved in the next, with an event of a release newer than the latest of then. An
event that names no known release brings neither back, unless it says that something is down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from vedette.accounts.models import User
from vedette.facts import EventSeen, ReleaseAppeared
from vedette.issues.models import Issue, Status
from vedette.own_events import OUTAGES
from vedette.releases.comparing import is_newer
from vedette.releases.latest import latest_release, latest_releases
from vedette.releases.models import Release, ReleaseProject, Resolution


class UnknownRelease(ValueError):
    """The issue's project has no such release; the text says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRelease:
    """How issues are to be resolved: by the release `version`, or by the next if it is empty.

    `latest` is the latest release of each issue's project.
    """

    version: str = ""
    actor: User | None = None


def note_resolutions(issues: Iterable[Issue], by: ByRelease) -> None:
    """Say of these issues by which release they are resolved, within a transaction.

    Raises UnknownRelease, also for `latest` of a project that has none.
    """
    held = sorted(issues, key=lambda issue: issue.pk)
    projects = sorted({issue.project_id for issue in held})
    named = {pk: _named(pk, by.version) for pk in projects} if by.version else {}
    latest = (
        {} if by.version else {one.project_id: one.release for one in latest_releases(projects)}
    )
    Resolution.objects.filter(issue__in=held).delete()
    Resolution.objects.bulk_create(
        Resolution(
            issue=issue,
            release=named.get(issue.project_id),
            after=latest.get(issue.project_id),
            is_next=not by.version,
            actor=by.actor,
        )
        for issue in held
    )


def forget_resolutions(issue_ids: Iterable[int]) -> None:
    """These issues are resolved whatever the release."""
    Resolution.objects.filter(issue__in=list(issue_ids)).delete()


def resolutions_of(issues: Iterable[Issue]) -> dict[int, Resolution]:
    """By which release each of these issues is resolved, where it is so by one."""
    resolved = [issue.pk for issue in issues if issue.status == Status.RESOLVED]
    if not resolved:
        return {}
    held = Resolution.objects.filter(issue__in=resolved).select_related("release", "after", "actor")
    return {one.issue_id: one for one in held}


def kept_resolved(events: Mapping[int, Sequence[EventSeen]]) -> frozenset[int]:
    """Which of these resolved issues stay so in spite of their events."""
    held = Resolution.objects.filter(issue__in=list(events)).select_related(
        "release", "after", "issue__project"
    )
    resolutions = {one.issue_id: one for one in held}
    if not resolutions:
        return frozenset()
    seen = _seen([event for pk in resolutions for event in events[pk]], resolutions.values())
    return frozenset(
        pk
        for pk, one in resolutions.items()
        if not any(event.event_type in OUTAGES for event in events[pk])
        and not any(
            _brings_back(one, release)
            for event in events[pk]
            for version in {event.first_release, event.last_release}
            if (release := seen.get((one.issue.project.organization_id, version)))
        )
    )


def bind_waiting(pairs: Iterable[tuple[int, int]]) -> None:
    """Give the issues that wait for the next release of a project the one that appeared.

    Takes ids of releases with ids of projects; within a transaction.
    """
    for release_id, project_id in sorted(pairs):
        waiting = Resolution.objects.filter(
            issue__project=project_id, issue__status=Status.RESOLVED, is_next=True, release=None
        ).select_related("after")
        if not waiting:
            continue
        release = Release.objects.get(pk=release_id)
        bound = [one.pk for one in waiting if _follows(one, release)]
        Resolution.objects.filter(pk__in=bound).update(release=release)


def bind_appeared(appeared: Sequence[ReleaseAppeared]) -> list[ReleaseAppeared]:
    """The reaction to releases that appeared; raises no further facts."""
    bind_waiting((fact.release_id, fact.project_id) for fact in appeared)
    return []


def _named(project_id: int, version: str) -> Release:
    if version == "latest":
        found = latest_release(project_id)
    else:
        mine = ReleaseProject.objects.filter(project=project_id, release__version=version)
        held = mine.select_related("release").first()
        found = held.release if held else None
    if found is None:
        raise UnknownRelease(f"The project has no release {version[:250]!r}")
    return found


def _seen(
    events: Iterable[EventSeen], resolutions: Iterable[Resolution]
) -> dict[tuple[int, str], Release]:
    versions = {name for event in events for name in (event.first_release, event.last_release)}
    organizations = {one.issue.project.organization_id for one in resolutions}
    found = Release.objects.filter(Q(version__in=versions - {""}), organization__in=organizations)
    return {(one.organization_id, one.version): one for one in found}


def _brings_back(resolution: Resolution, release: Release) -> bool:
    if resolution.is_next:
        return _follows(resolution, release)
    wanted = resolution.release
    return wanted is not None and (release.pk == wanted.pk or is_newer(release, wanted))


def _follows(resolution: Resolution, release: Release) -> bool:
    """Whether a release counts as the next one, or one after it."""
    if resolution.after is None:
        return release.at > resolution.created_at
    return is_newer(release, resolution.after)
