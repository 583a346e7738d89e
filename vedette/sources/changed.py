"""Which commits of releases changed the files that frames name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q

from vedette.releases.models import ChangeType, CommitFile
from vedette.sources.paths import FramePlace

MOST_COMMITS = 2000  # of a release, the newest
_MOST_FILES = 1000
_MOST_PARTS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """A commit of a release changed a file; `order` counts up from the newest commit."""

    commit_id: int
    repository_id: int
    order: int
    path: str


def changed_files(
    release_ids: Iterable[int], places: Sequence[FramePlace], mapped: Iterable[str] = ()
) -> list[ChangedFile]:
    """The files that these places may mean, by their names or as `mapped` says, the newest change
    first."""
    names = {name.lstrip("/") for place in places for name in place.names}
    ends = {end for name in names for end in _ends(name)} | set(mapped)
    if not ends:
        return []
    has_name = reduce(or_, (Q(path__endswith=f"/{one}") for one in names if "/" in one), Q())
    found = CommitFile.objects.filter(
        has_name | Q(path__in=sorted(ends)),
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


def _ends(name: str) -> Iterator[str]:
    """The name, and what is left of it below each of its folders but for the file's own name."""
    yield name
    parts = name.split("/")[-_MOST_PARTS:]
    for start in range(1, len(parts) - 1):
        yield "/".join(parts[start:])
