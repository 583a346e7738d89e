"""Which commits of releases changed the files that frames name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q

from vedette.releases.models import ChangeType, CommitFile
from vedette.sources.paths import FramePlace, base_name

MOST_COMMITS = 2000  # of a release, the newest
_MOST_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """A commit of a release changed a file; `order` counts up from the newest commit."""

    commit_id: int
    repository_id: int
    order: int
    path: str


def changed_files(release_ids: Iterable[int], places: Sequence[FramePlace]) -> list[ChangedFile]:
    """The files that have the names of these places' files, the newest change first."""
    names = {base_name(name) for place in places for name in place.names}
    if not names:
        return []
    has_name = reduce(or_, (Q(path=one) | Q(path__endswith=f"/{one}") for one in names))
    found = CommitFile.objects.filter(
        has_name,
        commit__in_releases__release__in=list(release_ids),
        commit__in_releases__order__lt=MOST_COMMITS,
    ).exclude(type=ChangeType.DELETED)
    rows = found.annotate(
        order=F("commit__in_releases__order"), repository=F("commit__repository")
    ).order_by("order", "pk")
    return [
        ChangedFile(commit_id=commit, repository_id=repository, order=order, path=path)
        for commit, repository, order, path in rows.values_list(
            "commit_id", "repository", "order", "path"
        )[:_MOST_FILES]
    ]
