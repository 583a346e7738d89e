"""Suspect commits: those of the release an issue began in that changed the files where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.issues.models import Issue
from vedette.releases.models import Commit, Regression, Release
from vedette.sources.changed import ChangedFile, changed_files
from vedette.sources.decisive import decisive_places
from vedette.sources.links import SourceLinks
from vedette.sources.paths import FramePlace, base_name, is_same_file

MOST_SUSPECTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A commit that may be the cause, and why; `path` is the file that tells on it.

    `distance` counts the application's files between it and the crash; `score` falls with it.
    """

    commit: Commit
    release: Release
    reason: str
    path: str
    distance: int

    @property
    def score(self) -> float:
        """1 for the file of the crash, less for those that only called it."""
        return 1 / (1 + self.distance)


@dataclass(frozen=True, slots=True)
class _Match:
    """A commit's nearest file."""

    distance: int
    order: int
    file: ChangedFile


def suspects_of(issue: Issue, payload: Mapping[str, Any], links: SourceLinks) -> list[Suspect]:
    """The suspects by the frames of one event, the nearest to the crash and the newest first.

    Of the release with which the issue came back, or else of the one it began with.
    """
    places = decisive_places(payload)
    if not places:
        return []
    mapped = [file.path for place in places if (file := links.file(place)) is not None]
    for release, words in _releases(issue):
        matches = _matches(links, places, changed_files([release.pk], places, mapped))
        if matches:
            return _suspects(matches[:MOST_SUSPECTS], places, release, words)
    return []


def _releases(issue: Issue) -> list[tuple[Release, str]]:
    """Where the cause may have come in, with what happened there."""
    back = Regression.objects.filter(issue=issue).select_related("release").order_by("-at", "-pk")
    found = [(one.release, "came back") for one in back[:1]]
    if issue.first_release:
        first = Release.objects.filter(
            organization=issue.project.organization_id,
            version=issue.first_release,
            in_projects__project=issue.project_id,
        )
        found += [(one, "began") for one in first[:1]]
    return found


def _matches(
    links: SourceLinks, places: Sequence[FramePlace], files: Sequence[ChangedFile]
) -> list[_Match]:
    nearest: dict[int, _Match] = {}
    for distance, place in enumerate(places):
        mapped = links.file(place)
        for file in files:
            if mapped and mapped.mapping.repository_id == file.repository_id:
                is_it = mapped.path == file.path
            else:
                is_it = any(is_same_file(name, file.path) for name in place.names)
            if is_it:
                nearest.setdefault(file.commit_id, _Match(distance, file.order, file))
    return sorted(nearest.values(), key=lambda match: (match.distance, match.order))


def _suspects(
    matches: Sequence[_Match], places: Sequence[FramePlace], release: Release, words: str
) -> list[Suspect]:
    commits = Commit.objects.select_related("repository").in_bulk(
        [match.file.commit_id for match in matches]
    )
    return [
        Suspect(
            commit=commits[match.file.commit_id],
            release=release,
            reason=_reason(match, places, words),
            path=match.file.path,
            distance=match.distance,
        )
        for match in matches
        if match.file.commit_id in commits
    ]


def _reason(match: _Match, places: Sequence[FramePlace], words: str) -> str:
    name = base_name(match.file.path)
    if match.distance == 0:
        where = "your file nearest to the crash"
    else:
        where = f"which called {base_name(places[match.distance - 1].name)}"
    return f"changed {name}, {where}, in the release the issue {words} with"
