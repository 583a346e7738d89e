"""Events make releases, once, with the times at which they were seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.releases.conftest import See
from vedette import clock


def test_an_event_makes_a_release_of_its_project(shop: Any, see: See) -> None:
    """Taken apart, with its environment and times; the reaction says that it appeared."""
    from vedette.releases.models import Release, ReleaseEnvironment

    appeared = see(shop, "shop@1.2.0+5", ago=60)
    release = Release.objects.get()
    assert [(fact.release_id, fact.project_id) for fact in appeared] == [(release.pk, shop.pk)]  # type: ignore[attr-defined]
    assert (release.package, release.parts.description) == ("shop", "1.2.0 (5)")
    assert release.version_order
    seen = ReleaseEnvironment.objects.get()
    assert (seen.environment, seen.project_id) == ("production", shop.pk)
    assert clock.now() - seen.first_seen >= timedelta(seconds=60)


def test_a_release_is_the_organisations_and_appears_once_in_each_project(
    shop: Any, web: Any, see: See
) -> None:
    """Two projects share it; a further event of either says nothing new."""
    from vedette.releases.models import Release, ReleaseProject

    see(shop, "1.0")
    assert len(see(web, "1.0")) == 1
    assert see(web, "1.0") == []
    assert see(shop, "1.0", environment="staging") == []
    assert Release.objects.count() == 1
    assert ReleaseProject.objects.count() == 2


def test_times_widen_whatever_the_order_of_events(shop: Any, see: See) -> None:
    """A late event of long ago moves the first time, and never the last one back."""
    from vedette.releases.models import ReleaseEnvironment

    for ago in (500, 9000, 10, 3000):
        see(shop, "1.0", ago=ago)
    seen = ReleaseEnvironment.objects.get()
    assert seen.last_seen - seen.first_seen == pytest.approx(
        timedelta(seconds=8990), abs=timedelta(seconds=5)
    )


def test_names_that_no_release_can_have_make_none(shop: Any, see: See) -> None:
    """The others of the batch are made."""
    from vedette.releases.models import Release

    see(shop, "a/b", "latest", "..", "x" * 250, "good")
    assert list(Release.objects.values_list("version", flat=True)) == ["good"]


def test_a_project_that_is_gone_makes_none(shop: Any, see: See) -> None:
    """Its last events come after it."""
    from vedette.releases.models import Release

    project = type(shop)(pk=shop.pk + 1000)
    see(project, "1.0")
    assert not Release.objects.exists()


def test_a_release_known_this_minute_asks_the_database_nothing(
    shop: Any, see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed is remembered; what was rolled back is not."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.releases import recording

    with monkeypatch.context() as patch:
        patch.setattr(recording.transaction, "on_commit", lambda work: work())
        see(shop, "1.0")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            see(shop, "1.0")
        assert len(asked) == 0
        with CaptureQueriesContext(connection) as asked:
            see(shop, "1.0", ago=120)
        assert len(asked) > 0
    recording.forget_all()
    see(shop, "2.0")  # within the test's transaction, which is never committed
    with CaptureQueriesContext(connection) as asked:
        see(shop, "2.0")
    assert len(asked) > 0


def test_a_removed_project_takes_its_own_releases_with_it(shop: Any, web: Any, see: See) -> None:
    """What is another project's, too, stays that one's."""
    from vedette.projects.removal import remove_project
    from vedette.releases.models import Release

    see(shop, "both", "mine")
    see(web, "both")
    remove_project(shop)
    assert list(Release.objects.values_list("version", flat=True)) == ["both"]
    assert list(Release.objects.values_list("in_projects__project", flat=True)) == [web.pk]


def test_a_name_in_every_event_is_bounded(
    shop: Any, see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New releases by hour and project, environments by release; known ones go on."""
    from vedette.releases import bounds, recording
    from vedette.releases.models import Release, ReleaseEnvironment

    monkeypatch.setattr(bounds, "MOST_NEW_PER_HOUR", 3)
    monkeypatch.setattr(recording, "MOST_ENVIRONMENTS", 2)
    see(shop, *(f"junk-{number}" for number in range(20)), ago=600)
    assert Release.objects.count() == 3
    known = Release.objects.order_by("pk")[0].version
    for environment in ("production", "a", "b", "c"):
        see(shop, known, "junk-100", environment=environment)
    seen = ReleaseEnvironment.objects.filter(release__version=known)
    assert set(seen.values_list("environment", flat=True)) == {"production", "a"}
    newest = seen.get(environment="production").last_seen
    assert clock.now() - newest < timedelta(seconds=300)
    start = clock.timestamp()
    monkeypatch.setattr(clock, "timestamp", lambda: start + 3600)
    see(shop, "next-hour")
    assert Release.objects.filter(version="next-hour").exists()


def test_a_release_is_as_old_as_its_first_event_in_any_environment(shop: Any) -> None:
    """Also where one batch has several."""
    from vedette.facts import ReleaseSeen
    from vedette.releases.models import ReleaseProject
    from vedette.releases.recording import record_releases

    now = clock.timestamp()
    facts = [
        ReleaseSeen(
            project_id=shop.pk,
            release="1.0",
            environment=environment,
            first_seen=now - ago,
            last_seen=now,
        )
        for environment, ago in (("a", 100), ("b", 9000), ("c", 10))
    ]
    record_releases(facts)
    held = ReleaseProject.objects.get()
    assert clock.now() - held.created_at >= timedelta(seconds=9000)
    assert held.release.created_at == held.created_at


def test_environments_of_many_releases_are_bounded_together(
    shop: Any, see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hour and project: each release has its first, all of them some more."""
    from vedette.releases import bounds
    from vedette.releases.models import ReleaseEnvironment

    monkeypatch.setattr(bounds, "MOST_NEW_PER_HOUR", 4)
    for environment in ("production", "a", "b", "c"):
        see(shop, "1.0", "2.0", "3.0", environment=environment)
    held = ReleaseEnvironment.objects.values_list("environment", flat=True)
    assert held.count() == 3 + 4
    assert list(held).count("production") == 3
