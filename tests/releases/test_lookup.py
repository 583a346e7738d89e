"""`release:latest` and versions in their order, among the releases of a scope."""

from __future__ import annotations

from typing import Any

import pytest

from tests.releases.conftest import See
from vedette.search.errors import BadValue
from vedette.store.visible import VisibleProjects

DAY = 86400


def known(*projects: Any, environments: tuple[str, ...] = ()) -> Any:
    from vedette.releases.lookup import KnownReleases

    return KnownReleases(VisibleProjects.granted(one.pk for one in projects), environments)


def test_the_latest_is_the_greatest_version_not_the_newest(shop: Any, see: See) -> None:
    """A patch of an old line that comes late is not the latest."""
    see(shop, "shop@1.9.0", ago=3 * DAY)
    see(shop, "shop@1.10.0", ago=2 * DAY)
    see(shop, "shop@1.10.0-rc.1", ago=DAY)
    see(shop, "shop@1.8.7")
    assert [one.version for one in known(shop).latest()] == ["shop@1.10.0"]


def test_the_latest_of_names_without_an_order_is_the_newest(shop: Any, see: See) -> None:
    """Commits have dates only."""
    see(shop, "ff00", ago=DAY)
    see(shop, "aa11")
    see(shop, "ee22", ago=9 * DAY)
    assert [one.version for one in known(shop).latest()] == ["aa11"]


def test_each_project_and_environment_has_its_own_latest(shop: Any, web: Any, see: See) -> None:
    """Chosen environments are looked at one by one."""
    see(shop, "shop@1.0", ago=DAY)
    see(shop, "shop@2.0", environment="staging")
    see(web, "web@7")
    assert {tuple(one) for one in known(shop, web).latest()} == {
        (shop.pk, "", "shop@2.0"),
        (web.pk, "", "web@7"),
    }
    assert {tuple(one) for one in known(shop, environments=("production", "staging")).latest()} == {
        (shop.pk, "production", "shop@1.0"),
        (shop.pk, "staging", "shop@2.0"),
    }


def test_an_archived_release_is_not_the_latest(shop: Any, see: See) -> None:
    """Nobody waits for it."""
    from vedette.releases.models import Release, ReleaseStatus

    see(shop, "shop@1.0", ago=DAY)
    see(shop, "shop@2.0")
    Release.objects.filter(version="shop@2.0").update(status=ReleaseStatus.ARCHIVED)
    assert [one.version for one in known(shop).latest()] == ["shop@1.0"]


def test_versions_are_compared_by_their_order(shop: Any, web: Any, see: See) -> None:
    """Builds aside, of any package or of a named one, and never of a foreign project."""
    see(shop, "shop@1.2.3", "shop@1.2.3+9", "shop@1.10.0", "shop@1.2.3-rc.1", "notes")
    see(web, "web@1.3")
    here = known(shop)
    assert set(here.by_version(">", "1.2.3")) == {"shop@1.10.0"}
    assert set(here.by_version(">=", "1.2.3")) == {"shop@1.2.3", "shop@1.2.3+9", "shop@1.10.0"}
    assert set(here.by_version("<", "1.2.3")) == {"shop@1.2.3-rc.1"}
    assert set(known(shop, web).by_version(">", "1.2.3")) == {"shop@1.10.0", "web@1.3"}
    assert set(known(shop, web).by_version(">", "web@1.2")) == {"web@1.3"}
    assert here.by_build(">", "8") == ["shop@1.2.3+9"]
    assert here.by_build("<=", "8") == []
    with pytest.raises(BadValue, match="version"):
        here.by_version(">", "yesterday")
    with pytest.raises(BadValue, match="number"):
        here.by_build(">", "x")
