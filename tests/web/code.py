"""The code of the tests' shop: a release whose commits changed files that frames name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.web import samples
from tests.web.world import World
from vedette.releases.changes import Wish, report_release
from vedette.releases.commits import SentCommit, SentHead, set_commits, set_heads
from vedette.releases.models import ChangeType, Release, Repository
from vedette.sources.mapping import MappingWish, add_mapping
from vedette.sources.repositories import RepositoryWish, change_repository

NAME = "lantern/shop"
ADDRESS = "https://github.com/lantern/shop"
PLACING, CHECKOUT, OTHER = "a1" * 20, "b2" * 20, "c3" * 20


@dataclass(frozen=True)
class Code:
    """The release that the checkout's issue began with, and its repository."""

    release: Release
    repository: Repository


def commit(key: str, message: str, author: str, *paths: str) -> SentCommit:
    """A commit that changed files."""
    return SentCommit(
        repository=NAME,
        key=key,
        message=message,
        author_name=author.partition("@")[0].title(),
        author_email=author,
        committed_at=datetime(2026, 1, 2, tzinfo=UTC),
        files=dict.fromkeys(paths, ChangeType.MODIFIED),
    )


def report_code(world: World, *, is_mapped: bool = False) -> Code:
    """Report the release with its commits, newest first."""
    release, _ = report_release(
        world.organization, samples.CHECKOUT["release"], projects=[world.shop], wish=Wish()
    )
    set_commits(
        release,
        [
            commit(OTHER, "Paint it blue", "dora@example.com", "backend/shop/paint.py"),
            commit(CHECKOUT, "Greet", "Alice@Example.com", "backend/shop/views/checkout.py"),
            commit(PLACING, "Charge once", "bob@example.com", "backend/shop/orders/placing.py"),
        ],
    )
    repository = Repository.objects.get(organization=world.organization, name=NAME)
    if is_mapped:
        change_repository(repository, RepositoryWish(name=NAME, url=ADDRESS))
        wish = MappingWish(repository=repository, source_root="backend", default_branch="trunk")
        add_mapping(world.shop, wish)
    return Code(release, repository)


def built_from(code: Code, key: str) -> None:
    """Say which commit the release was built from."""
    set_heads(code.release, [SentHead(repository=NAME, key=key)])
