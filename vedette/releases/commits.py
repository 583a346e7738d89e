"""The commits of a release: written as clients send them, and found again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Window
from django.db.models.functions import RowNumber

from vedette import clock
from vedette.accounts.models import Organization
from vedette.releases.comparing import is_newer
from vedette.releases.models import (
    RELEASED,
    ChangeType,
    Commit,
    CommitFile,
    Release,
    ReleaseCommit,
    ReleaseHead,
    Repository,
)
from vedette.store.visible import VisibleProjects

_AT_ONCE = 200
_LOOKED_AT = 50
MOST_FILES = 50_000  # of the commits of one report; writing them holds up other writers


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCommit:
    """A commit as a client sends it. `files` says of each path what was done to it."""

    repository: str
    key: str
    message: str = ""
    author_name: str = ""
    author_email: str = ""
    committed_at: datetime | None = None
    files: Mapping[str, ChangeType]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentHead:
    """The commit that a release was built from, and that of the release before."""

    repository: str
    key: str
    previous_key: str = ""


@transaction.atomic
def set_commits(release: Release, sent: Sequence[SentCommit]) -> None:
    """Make these the release's commits, the newest first; others are no longer."""
    unique = list({(commit.repository, commit.key): commit for commit in sent}.values())
    repositories = _repositories(release.organization, {one.repository for one in unique})
    found = _commits(repositories, unique)
    _add_files(found, {(repositories[one.repository].pk, one.key): one for one in unique})
    ReleaseCommit.objects.filter(release=release).delete()
    ReleaseCommit.objects.bulk_create(
        [
            ReleaseCommit(
                release=release,
                commit=found[repositories[one.repository].pk, one.key],
                order=order,
            )
            for order, one in enumerate(unique)
        ],
        batch_size=_AT_ONCE,
    )


@transaction.atomic
def set_heads(release: Release, heads: Sequence[SentHead]) -> None:
    """Note which commits the release was built from."""
    repositories = _repositories(release.organization, {head.repository for head in heads})
    for head in sorted(heads, key=lambda head: repositories[head.repository].pk):
        ReleaseHead.objects.update_or_create(
            release=release,
            repository=repositories[head.repository],
            defaults={"commit_key": head.key, "previous_key": head.previous_key},
        )


def commits_of(release: Release, *, most: int, offset: int = 0) -> list[Commit]:
    """Some of the release's commits, the newest first."""
    held = release.in_commits.order_by("order").select_related("commit__repository")
    return [one.commit for one in held[offset : offset + most]]


def files_of(release: Release, *, most: int, offset: int = 0) -> list[CommitFile]:
    """Some of the files that its commits changed, those of the newest commit first."""
    held = CommitFile.objects.filter(commit__in_releases__release=release)
    ordered = held.order_by("commit__in_releases__order", "path")
    return list(ordered.select_related("commit__repository")[offset : offset + most])


def first_files(commits: Sequence[Commit], *, most: int) -> dict[int, list[CommitFile]]:
    """The first files of each commit, by its id."""
    place = Window(RowNumber(), partition_by="commit", order_by="path")
    held = CommitFile.objects.filter(commit__in=commits).annotate(place=place)
    found: dict[int, list[CommitFile]] = defaultdict(list)
    for file in held.filter(place__lte=most).order_by("commit", "path"):
        found[file.commit_id].append(file)
    return found


def count_files(commits: Sequence[Commit]) -> dict[int, int]:
    """How many files each commit changed, by its id."""
    held = CommitFile.objects.filter(commit__in=commits).values("commit")
    return dict(held.annotate(n=Count("pk")).values_list("commit", "n"))


def previous_with_commits(release: Release, visible: VisibleProjects) -> Release | None:
    """The newest release before this one that has commits, of those projects that may be seen."""
    projects = release.in_projects.filter(project__in=list(visible)).values("project")
    older = (
        Release.objects.filter(
            Exists(ReleaseCommit.objects.filter(release=OuterRef("pk"))),
            organization=release.organization_id,
            in_projects__project__in=projects,
        )
        .exclude(pk=release.pk)
        .order_by(RELEASED.desc(), "-pk")
        .distinct()
    )
    candidates = [one for one in older[:_LOOKED_AT] if is_newer(release, one)]
    newest: Release | None = None
    for one in candidates:
        if newest is None or is_newer(one, newest):
            newest = one
    return newest


def _repositories(organization: Organization, names: set[str]) -> dict[str, Repository]:
    mine = Repository.objects.filter(organization=organization, name__in=names)
    held = set(mine.values_list("name", flat=True))
    Repository.objects.bulk_create(
        [Repository(organization=organization, name=name) for name in sorted(names - held)],
        ignore_conflicts=True,
    )
    return {repository.name: repository for repository in mine.all()}


def _commits(
    repositories: Mapping[str, Repository], sent: Sequence[SentCommit]
) -> dict[tuple[int, str], Commit]:
    Commit.objects.bulk_create(
        [
            Commit(
                repository=repositories[one.repository],
                key=one.key,
                message=one.message,
                author_name=one.author_name,
                author_email=one.author_email,
                committed_at=one.committed_at or clock.now(),
            )
            for one in sorted(sent, key=lambda one: (one.repository, one.key))
        ],
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )
    keys: dict[int, list[str]] = defaultdict(list)
    for one in sent:
        keys[repositories[one.repository].pk].append(one.key)
    found: dict[tuple[int, str], Commit] = {}
    for repository, wanted in keys.items():
        for start in range(0, len(wanted), _AT_ONCE):
            part = Commit.objects.filter(
                repository=repository, key__in=wanted[start : start + _AT_ONCE]
            )
            found |= {(repository, commit.key): commit for commit in part}
    return found


def _add_files(
    found: Mapping[tuple[int, str], Commit], sent: Mapping[tuple[int, str], SentCommit]
) -> None:
    """The files of each commit; a commit that has some keeps them, as it cannot change."""
    files = (
        CommitFile(commit=found[key], path=path, type=type_)
        for key, commit in sent.items()
        for path, type_ in commit.files.items()
    )
    CommitFile.objects.bulk_create(
        list(islice(files, MOST_FILES)),
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )
