"""The demo's releases as its builds would have reported them: commits, deploys, dates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from vedette import clock
from vedette.accounts.models import Organization
from vedette.demo.services import API, SERVICES, WEB, WORKER
from vedette.demo.traffic import RELEASES, released_at
from vedette.projects.models import Project
from vedette.releases.changes import Wish, report_deploy, report_release
from vedette.releases.commits import SentCommit, set_commits
from vedette.releases.models import ChangeType, Repository
from vedette.sources.mapping import MappingWish, add_mapping
from vedette.sources.repositories import RepositoryWish, change_repository

_REPOSITORY = "demo/shop"
_ADDRESS = "https://git.example/demo/shop"
_AUTHORS = (("Bob", "bob@example.com"), ("Charlie", "charlie@example.com"))
# The folder of the repository that each service is in, and what its frames' paths begin with.
_FOLDERS = {
    API.name: ("", "api/"),
    WEB.name: ("", "web/"),
    WORKER.name: ("/srv/worker/", "worker/"),
}
_MESSAGES = (
    "Show the price before tax",
    "Retry the payment once\n\nThe gateway drops about one request in a thousand.",
    "Read the currency from the account",
    "Remove the old cart",
    "Speed up the search\n\nOne query instead of one per product.",
    "Send receipts from the queue",
    "Count items, not lines, for the discount",
)
_COMMITS_EACH = 4


def report_releases(organization: Organization, projects: Sequence[Project]) -> None:
    """Report every release that the demo's events name. Again, it changes nothing."""
    now = clock.timestamp()
    authors = [*_owners(organization), *_AUTHORS]
    for index, number in enumerate(RELEASES):
        at = datetime.fromtimestamp(released_at(index, now), UTC)
        release, _ = report_release(
            organization,
            f"shop@{number}",
            projects=projects,
            wish=Wish(ref="main", released_at=at),
            at=at,
        )
        set_commits(release, list(_commits(index, at, authors)))
        if release.deploys.exists():
            continue
        for environment, later in (("staging", timedelta()), ("production", timedelta(hours=3))):
            finished_at = min(at + later, clock.now())
            report_deploy(
                release, environment, projects=projects, name=number, finished_at=finished_at
            )
    _link_frames(organization, projects)


def remove_releases() -> None:
    """Remove what is left of them when the demo's projects are gone."""
    Repository.objects.filter(name=_REPOSITORY).delete()


def _commits(index: int, at: datetime, authors: Sequence[tuple[str, str]]) -> Iterator[SentCommit]:
    """The commits of a release: they changed the files of the errors that began with it."""
    paths = sorted(_paths(index)) or sorted(_paths(0))[index::5]
    for number in range(_COMMITS_EACH, 0, -1):
        place = index * _COMMITS_EACH + number
        name, email = authors[place % len(authors)]
        yield SentCommit(
            repository=_REPOSITORY,
            key=hashlib.sha1(f"demo {place}".encode(), usedforsecurity=False).hexdigest(),
            message=_MESSAGES[place % len(_MESSAGES)],
            author_name=name,
            author_email=email,
            committed_at=at - timedelta(hours=5 * (_COMMITS_EACH - number + 1)),
            files={
                **dict.fromkeys(paths[number - 1 :: _COMMITS_EACH], ChangeType.MODIFIED),
                f"api/tests/test_{place}.py": ChangeType.ADDED,
            },
        )


def _paths(index: int) -> set[str]:
    """The application's files in the errors that began with a release."""
    found = set()
    for service in SERVICES:
        stack_root, source_root = _FOLDERS[service.name]
        for bug in service.bugs:
            if index == (len(RELEASES) - 1 if bug.story == "new" else 0):
                found |= {
                    source_root + path.removeprefix(stack_root)
                    for _, path, _, _, is_in_app in bug.frames
                    if is_in_app
                }
    return found


def _owners(organization: Organization) -> list[tuple[str, str]]:
    """Who runs the organisation wrote some of it, so that somebody can be suggested."""
    first = organization.memberships.select_related("user").order_by("created_at", "pk").first()
    return [(str(first.user), first.user.email)] if first else []


def _link_frames(organization: Organization, projects: Sequence[Project]) -> None:
    """Give the repository its address; the frames of the browser are left to be linked."""
    repository = Repository.objects.filter(organization=organization, name=_REPOSITORY).first()
    if repository is None or repository.url:
        return
    wish = RepositoryWish(name=_REPOSITORY, url=_ADDRESS, provider="gitea")
    change_repository(repository, wish)
    for project in projects:
        if project.name in (API.name, WORKER.name) and not project.code_mappings.exists():
            stack_root, source_root = _FOLDERS[project.name]
            add_mapping(
                project,
                MappingWish(repository=repository, stack_root=stack_root, source_root=source_root),
            )
