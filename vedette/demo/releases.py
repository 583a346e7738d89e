"""The demo's releases as its builds would have reported them: commits, deploys, dates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from vedette import clock
from vedette.accounts.models import Organization
from vedette.demo.services import SERVICES
from vedette.demo.traffic import RELEASES, released_at
from vedette.projects.models import Project
from vedette.releases.changes import Wish, report_deploy, report_release
from vedette.releases.commits import SentCommit, set_commits
from vedette.releases.models import ChangeType, Repository

_REPOSITORY = "demo/shop"
_AUTHORS = (
    ("Alice", "alice@example.com"),
    ("Bob", "bob@example.com"),
    ("Charlie", "charlie@example.com"),
)
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
    for index, number in enumerate(RELEASES):
        at = datetime.fromtimestamp(released_at(index, now), UTC)
        release, _ = report_release(
            organization,
            f"shop@{number}",
            projects=projects,
            wish=Wish(ref="main", released_at=at),
            at=at,
        )
        set_commits(release, list(_commits(index, at)))
        if release.deploys.exists():
            continue
        for environment, later in (("staging", timedelta()), ("production", timedelta(hours=3))):
            finished_at = min(at + later, clock.now())
            report_deploy(
                release, environment, projects=projects, name=number, finished_at=finished_at
            )


def remove_releases() -> None:
    """Remove what is left of them when the demo's projects are gone."""
    Repository.objects.filter(name=_REPOSITORY).delete()


def _commits(index: int, at: datetime) -> Iterator[SentCommit]:
    paths = sorted({path for path in _paths() if not path.startswith("node")})
    for number in range(_COMMITS_EACH, 0, -1):
        place = index * _COMMITS_EACH + number
        name, email = _AUTHORS[place % len(_AUTHORS)]
        yield SentCommit(
            repository=_REPOSITORY,
            key=hashlib.sha1(f"demo {place}".encode(), usedforsecurity=False).hexdigest(),
            message=_MESSAGES[place % len(_MESSAGES)],
            author_name=name,
            author_email=email,
            committed_at=at - timedelta(hours=5 * (_COMMITS_EACH - number + 1)),
            files={
                paths[place % len(paths)]: ChangeType.MODIFIED,
                f"tests/test_{place}.py": ChangeType.ADDED,
            },
        )


def _paths() -> Iterator[str]:
    """The files of the application in which the demo's errors happen."""
    for service in SERVICES:
        for bug in service.bugs:
            for _, path, _, _, is_in_app in bug.frames:
                if is_in_app:
                    yield path
