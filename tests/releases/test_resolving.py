"""Issues resolved by a release: which events bring them back, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.reactions.test_recording import event, record
from tests.releases.conftest import See
from vedette import clock

DAY = 86400
Report = Callable[..., str]


@pytest.fixture
def issue(shop: Any) -> Any:
    """An issue of the shop that was seen a week ago."""
    from vedette.issues.models import Issue

    record(event(shop, 1, clock.timestamp() - 7 * DAY))
    return Issue.objects.get()


@pytest.fixture
def resolve(shop: Any, issue: Any) -> Callable[..., None]:
    """Resolve it, an hour ago, in a release or the next."""

    def run(version: str = "") -> None:
        from datetime import timedelta

        from vedette.issues.models import Issue, Status
        from vedette.issues.status import set_status
        from vedette.releases.models import Resolution
        from vedette.releases.resolving import ByRelease

        set_status([shop], [issue.pk], Status.RESOLVED, by_release=ByRelease(version=version))
        ago = clock.now() - timedelta(hours=1)
        Issue.objects.filter(pk=issue.pk).update(resolved_at=ago)
        Resolution.objects.update(created_at=ago)

    return run


@pytest.fixture
def happens(shop: Any, issue: Any, see: See) -> Report:
    """Let an event of a release come in; gives the issue's status after it."""

    def run(version: str) -> str:
        if version:
            from vedette.releases.resolving import bind_appeared

            bind_appeared(see(shop, version))  # type: ignore[arg-type]
        at = clock.timestamp()
        record(event(shop, 1, at, first_release=version, last_release=version))
        issue.refresh_from_db()
        return str(issue.status)

    return run


def test_the_next_release_is_the_first_that_may_bring_it_back(
    shop: Any, see: See, resolve: Callable[..., None], happens: Report
) -> None:
    """By version: old ones, late patches of old lines, and no release at all, do not."""
    see(shop, "shop@1.9.0", ago=2 * DAY)
    see(shop, "shop@1.10.0", ago=DAY)
    resolve()
    for version in ("shop@1.10.0", "shop@1.9.0", "shop@1.9.9", ""):
        assert happens(version) == "resolved", version
    assert happens("shop@1.11.0") == "unresolved"


def test_an_issue_resolved_in_a_release_comes_back_with_that_or_a_newer_one(
    shop: Any, see: See, resolve: Callable[..., None], happens: Report
) -> None:
    """The fix was to be in it."""
    see(shop, "shop@1.0", "shop@1.1", ago=DAY)
    resolve("shop@1.1")
    assert happens("shop@1.0") == "resolved"
    assert happens("shop@1.1") == "unresolved"


def test_names_without_an_order_are_compared_by_date(
    shop: Any, see: See, resolve: Callable[..., None], happens: Report
) -> None:
    """A commit that was there before is none of the next."""
    see(shop, "ffff", ago=2 * DAY)
    see(shop, "aaaa", ago=DAY)
    resolve()
    assert happens("ffff") == "resolved"
    assert happens("0000") == "unresolved"


def test_before_the_first_release_every_one_that_comes_is_the_next(
    shop: Any, resolve: Callable[..., None], happens: Report
) -> None:
    """The project had none when the issue was resolved."""
    resolve()
    assert happens("") == "resolved"
    assert happens("shop@0.1") == "unresolved"


def test_an_issue_that_waits_is_counted_to_the_release_that_appears(
    shop: Any, issue: Any, see: See, resolve: Callable[..., None]
) -> None:
    """Whether an event or a build names it; an older one is not it."""
    from vedette.releases.changes import Wish, report_release
    from vedette.releases.contents import resolved_issues
    from vedette.releases.models import Release
    from vedette.store.visible import VisibleProjects

    see(shop, "shop@2.0", ago=DAY)
    resolve()
    for version in ("shop@1.9", "shop@2.1", "shop@2.2"):
        report_release(shop.organization, version, projects=[shop], wish=Wish())
    visible = VisibleProjects.granted([shop.pk])
    found = {
        release.version: resolved_issues(release, visible).issues
        for release in Release.objects.all()
    }
    assert {version for version, issues in found.items() if issues} == {"shop@2.1"}
    assert found["shop@2.1"] == [issue]


def test_a_plain_resolution_forgets_the_release(
    shop: Any, issue: Any, see: See, resolve: Callable[..., None], happens: Report
) -> None:
    """Then any later event brings it back; an undo keeps the release."""
    from vedette.issues.models import Status
    from vedette.issues.status import restore_statuses, set_status
    from vedette.releases.models import Resolution

    see(shop, "shop@2.0", ago=DAY)
    resolve()
    before = set_status([shop], [issue.pk], Status.UNRESOLVED)
    restore_statuses([shop], before)
    assert Resolution.objects.count() == 1
    set_status([shop], [issue.pk], Status.UNRESOLVED)
    set_status([shop], [issue.pk], Status.RESOLVED)
    assert not Resolution.objects.exists()
    issue.refresh_from_db()
    type(issue).objects.update(resolved_at=issue.first_seen)
    assert happens("shop@1.0") == "unresolved"


def test_a_release_that_the_project_lacks_is_refused(
    shop: Any, issue: Any, see: See, web: Any
) -> None:
    """And nothing is changed."""
    from vedette.issues.models import Status
    from vedette.issues.status import set_status
    from vedette.releases.resolving import ByRelease, UnknownRelease

    see(web, "web@1")
    for version in ("web@1", "latest"):
        with pytest.raises(UnknownRelease, match="no release"):
            set_status([shop], [issue.pk], Status.RESOLVED, by_release=ByRelease(version=version))
    issue.refresh_from_db()
    assert issue.status == "unresolved"
