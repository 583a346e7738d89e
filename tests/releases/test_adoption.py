"""A release is adopted by its sessions, and replaced by those of the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.releases.conftest import NOW, See
from tests.releases.test_health import item, put, session
from vedette.releases import adoption
from vedette.releases.lookup import KnownReleases
from vedette.releases.models import ReleaseEnvironment
from vedette.search import SearchError, compile_event_search, parse
from vedette.store.duck import DuckStore
from vedette.store.visible import VisibleProjects


def stages() -> dict[str, str]:
    rows = ReleaseEnvironment.objects.select_related("release")
    return {row.release.version: adoption.stage_of(row) for row in rows}


def sent(project: Any, version: str, number: int, *, first: int, at: datetime = NOW) -> list[Any]:
    found = []
    for place in range(first, first + number):
        one = item(
            session(
                f"{place:032x}",
                "exited",
                started=(at - timedelta(hours=1)).isoformat(),
                attrs={"release": version, "environment": "production"},
            ),
            position=place,
        )
        one.meta.project_id, one.meta.received = project.pk, at.timestamp()
        found.append(one)
    return found


def test_stages_follow_the_sessions(
    shop: Any, see: See, store: DuckStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(shop, "shop@1", "shop@2", "shop@3")
    put(store, [*sent(shop, "shop@1", 91, first=0), *sent(shop, "shop@2", 9, first=200)])
    adoption.renew(store)
    assert stages() == {"shop@1": "adopted", "shop@2": "low", "shop@3": "low"}

    put(store, sent(shop, "shop@2", 3, first=300))
    adoption.renew(store)
    assert stages() == {"shop@1": "adopted", "shop@2": "adopted", "shop@3": "low"}

    tomorrow = NOW + timedelta(days=1, minutes=30)
    monkeypatch.setattr("vedette.clock.timestamp", tomorrow.timestamp)
    adoption.renew(store)  # nobody uses it at night: nothing is known
    assert stages() == {"shop@1": "adopted", "shop@2": "adopted", "shop@3": "low"}

    put(store, sent(shop, "shop@2", 20, first=400, at=tomorrow))
    adoption.renew(store)
    assert stages() == {"shop@1": "replaced", "shop@2": "adopted", "shop@3": "low"}

    put(store, sent(shop, "shop@1", 5, first=500, at=tomorrow))
    adoption.renew(store)  # rolled back
    assert stages() == {"shop@1": "adopted", "shop@2": "adopted", "shop@3": "low"}
    for stage in adoption.STAGES:
        found = ReleaseEnvironment.objects.filter(adoption.in_stage(stage))
        assert all(adoption.stage_of(row) == stage for row in found)


def test_a_search_finds_events_of_releases_in_a_stage(shop: Any, see: See) -> None:
    """By the place of the event: what is adopted in production may be unknown in staging."""
    see(shop, "shop@1", "shop@2")
    see(shop, "shop@1", environment="staging")
    rows = ReleaseEnvironment.objects.filter(release__version="shop@1", environment="production")
    rows.update(adopted_at=NOW)
    known = KnownReleases(VisibleProjects.granted([shop.pk]))
    assert known.in_stage("adopted") == [(shop.pk, "production", "shop@1")]
    assert len(known.in_stage("low_adoption")) == 2
    rows.update(replaced_at=NOW)
    assert known.in_stage("adopted") == []
    assert known.in_stage("replaced") == [(shop.pk, "production", "shop@1")]
    condition = compile_event_search(parse("release.stage:replaced"), releases=known)
    assert "shop@1" in str(condition)
    with pytest.raises(SearchError, match="is no stage"):
        compile_event_search(parse("release.stage:sold"), releases=known)
