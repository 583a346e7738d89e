"""Releases that events alone have made do not stay for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.releases.conftest import See
from vedette import clock

DAY = 86400


@pytest.fixture(autouse=True)
def _models(rollback: None) -> None:
    """The names below are imported once Django is there."""


def test_releases_that_were_not_seen_as_long_as_telemetry_is_kept_go(shop: Any, see: See) -> None:
    """One that is still seen stays, however old it is."""
    see(shop, "old@1.0", "alive@1.0", ago=100 * DAY)
    see(shop, "alive@1.0", "new@1.0")
    _remove_old()
    assert _names(shop) == {"alive@1.0", "new@1.0"}


def test_what_somebody_said_something_of_stays(shop: Any, see: See) -> None:
    """By a build, by a deploy, or by resolving an issue in it or in the next one."""
    from vedette.issues.models import Issue
    from vedette.releases.changes import Wish, change_release, report_deploy
    from vedette.releases.commits import SentCommit, SentHead, set_commits, set_heads
    from vedette.releases.models import Release, Resolution

    names = ("final", "deployed", "built", "committed", "resolved", "before", "plain")
    see(shop, *names, ago=100 * DAY)
    held = {release.version: release for release in Release.objects.all()}
    change_release(held["final"], Wish(released_at=clock.now()))
    report_deploy(held["deployed"], "production", projects=[shop])
    set_heads(held["built"], [SentHead(repository="r", key="a")])
    set_commits(held["committed"], [SentCommit(repository="r", key="a", files={})])
    for number, said in enumerate(({"release": held["resolved"]}, {"after": held["before"]})):
        issue = Issue.objects.create(
            project=shop, short_id=number + 1, first_seen=clock.now(), last_seen=clock.now()
        )
        Resolution.objects.create(issue=issue, **said)
    _remove_old()
    assert _names(shop) == set(names) - {"plain"}


def test_commits_of_a_deleted_release_go(shop: Any) -> None:
    """One that another release holds stays."""
    from vedette.releases.changes import Wish, remove_release, report_release
    from vedette.releases.commits import SentCommit, set_commits
    from vedette.releases.models import Commit

    made = [
        report_release(shop.organization, version, projects=[shop], wish=Wish())[0]
        for version in ("1.0", "2.0")
    ]
    common, own = (SentCommit(repository="r", key=key, files={}) for key in ("a", "b"))
    set_commits(made[0], [common, own])
    set_commits(made[1], [common])
    remove_release(made[0], [shop])
    _remove_old()
    assert set(Commit.objects.values_list("key", flat=True)) == {"a"}


def test_a_project_that_has_too_many_loses_those_seen_longest_ago(
    shop: Any, web: Any, see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other project does; what was reported counts, and stays."""
    from vedette.releases import expiry
    from vedette.releases.changes import Wish, report_release
    from vedette.releases.models import Release

    monkeypatch.setattr(expiry, "MOST_OF_PROJECT", 3)
    report_release(shop.organization, "told", projects=[shop], wish=Wish(url="https://x.example"))
    for age, version in enumerate(("newest", "newer", "older", "oldest")):
        see(shop, version, ago=age * DAY)
    see(web, "older", "oldest", ago=9 * DAY)
    expiry.remove_surplus()
    assert _names(shop) == {"told", "newest", "newer"}
    assert _names(web) == {"older", "oldest"}
    assert Release.objects.count() == 5


def _remove_old() -> None:
    from vedette.releases.expiry import remove_old

    remove_old(clock.now() - timedelta(days=90))


def _names(project: Any) -> set[str]:
    return set(project.in_releases.values_list("release__version", flat=True))
