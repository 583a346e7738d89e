"""Monitors draft incidents, once; a person publishes; maintenance begins and ends by the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.monitors.watching import Watch
from vedette import clock
from vedette.monitors.models import MaintenanceWindow
from vedette.statuspages.announcing import Wish, discard, draft, publish
from vedette.statuspages.models import Incident, StatusPage
from vedette.statuspages.reading import picture_of
from vedette.statuspages.turning import Turner


@pytest.fixture
def turner(tmp_path: Path) -> Turner:
    return Turner(tmp_path, lambda _page: {})


def drafts_after(page: StatusPage, minutes: int, *, is_published: bool = False) -> None:
    StatusPage.objects.filter(pk=page.pk).update(
        auto_draft_minutes=minutes, auto_publish=is_published
    )


def look(turner: Turner) -> None:
    turner.turn(clock.timestamp())


def test_a_failure_is_drafted_once_and_published_by_a_person(
    watch: Watch, page: StatusPage, add: Any, turner: Turner
) -> None:
    """After its minutes; its end is drafted, too."""
    api = watch.monitor("api")
    add("Checkout", api)
    drafts_after(page, 10)
    watch.checks(api, "oooffff")
    look(turner)
    assert Incident.objects.count() == 0, "it was not down for long enough"
    watch.checks(api, "f" * 12)
    look(turner)
    watch.passes(60)
    look(turner)
    made = Incident.objects.get()
    assert made.title == "Checkout does not answer"
    assert made.published_at is None
    assert picture_of(page).incidents == []
    publish(made)
    watch.checks(api, "oo")
    look(turner)
    watch.passes(60)
    look(turner)
    assert list(made.updates.filter(published_at=None).values_list("status", flat=True)) == [
        "resolved"
    ]
    assert picture_of(page).open_incidents[0].status == "investigating", "nobody said it is over"
    publish(made)
    made.refresh_from_db()
    assert made.status == "resolved"
    assert made.resolved_at is not None


def test_what_was_discarded_is_not_drafted_again(
    watch: Watch, page: StatusPage, add: Any, turner: Turner
) -> None:
    """Not for the same failure; for the next one it is."""
    api = watch.monitor("api")
    add("Checkout", api)
    drafts_after(page, 5)
    watch.checks(api, "ooo" + "f" * 12)
    look(turner)
    discard(Incident.objects.get())
    watch.checks(api, "ffff")
    look(turner)
    assert Incident.objects.count() == 1
    watch.checks(api, "ooo" + "f" * 12)
    look(turner)
    assert Incident.objects.count() == 2


def test_a_page_may_publish_by_itself(
    watch: Watch, page: StatusPage, add: Any, turner: Turner
) -> None:
    """Both the beginning and the end, if it is set so."""
    api = watch.monitor("api")
    add("Checkout", api)
    drafts_after(page, 5, is_published=True)
    watch.checks(api, "ooo" + "f" * 12)
    look(turner)
    assert [one.status for one in picture_of(page).incidents] == ["investigating"]
    watch.checks(api, "ooo")
    look(turner)
    assert [one.status for one in picture_of(page).incidents] == ["resolved"]


def test_maintenance_begins_and_ends_by_itself(
    watch: Watch, page: StatusPage, add: Any, turner: Turner
) -> None:
    """And covers the monitors of its components; once it is over, all is as before."""
    api = watch.monitor("api")
    component = add("Checkout", api)
    watch.checks(api, "ooo")
    start = clock.now() + timedelta(hours=1)
    wish = Wish(
        title="Move",
        text="We move.",
        start=start,
        end=start + timedelta(hours=1),
        affected={component.pk: "under_maintenance"},
        covers_monitors=True,
    )
    publish(draft(page, wish))
    window = MaintenanceWindow.objects.get()
    assert list(window.monitors.all()) == [api]
    assert picture_of(page).overall.indicator == "none"
    watch.passes(3700)
    look(turner)
    picture = picture_of(page)
    assert picture.overall.indicator == "maintenance"
    assert picture.under_way[0].status == "in_progress"
    watch.passes(3700)
    look(turner)
    picture = picture_of(page)
    assert picture.overall.indicator == "none"
    assert picture.incidents[0].status == "completed"


def test_unknown_turns_nothing_red(watch: Watch, page: StatusPage, add: Any) -> None:
    """A probe that cannot say anything leaves the component as it was, with a note."""
    api = watch.monitor("api")
    add("Checkout", api)
    watch.checks(api, "ooo")
    api.standings.update(state="unknown")
    shape = picture_of(page).components[0]
    assert shape.condition == "operational"
    assert shape.stood.is_last_known


def test_a_component_whose_monitors_are_removed_is_not_well(watch: Watch, page: StatusPage) -> None:
    """Nobody watches it any more: it is unknown until a person says how it is."""
    from vedette.monitors import saving as monitors
    from vedette.statuspages.saving import add_component

    api = watch.monitor("api")
    watch.checks(api, "ooo")
    add_component(page, "Checkout", [api])
    assert picture_of(page).components[0].condition == "operational"
    monitors.remove(api)
    assert picture_of(page).components[0].condition == "unknown"


def test_the_snapshot_is_what_visitors_see(
    watch: Watch, page: StatusPage, add: Any, tmp_path: Path, turner: Turner
) -> None:
    """Index, history, feeds, JSON, badges and styles, with links that lead to files."""
    import re

    api = watch.monitor("api")
    component = add("Checkout", api)
    watch.checks(api, "ooo")
    publish(draft(page, Wish(title="Something", text="Was.")))
    look(turner)
    folder = tmp_path / "status" / "shop"
    index = (folder / "index.html").read_text()
    assert "Checkout" in index
    for target in re.findall(r'(?:href|src)="([^"#:]+)"', index):
        path = folder / target
        assert (path / "index.html" if target.endswith("/") else path).is_file(), target
    for name in ("api/v2/summary.json", "history.rss", "badge/status.svg", "style.css"):
        assert (folder / name).is_file()
    assert (folder / "badge" / component.key / "uptime-90d.svg").is_file()
    assert not list(folder.rglob("*.writing"))
    for path in (folder.parent, folder, folder / "api" / "v2", folder / "badge" / component.key):
        assert path.stat().st_mode & 0o777 == 0o755, "a web server of another user reads it"
    assert (folder / "index.html").stat().st_mode & 0o777 == 0o644
    assert not (folder / "_figures").exists()


def test_only_public_pages_are_written(page: StatusPage, tmp_path: Path, turner: Turner) -> None:
    """One that becomes private, or goes, takes its folder along."""
    look(turner)
    assert (tmp_path / "status" / "shop" / "index.html").is_file()
    StatusPage.objects.filter(pk=page.pk).update(is_public=False, revision=2)
    turner.turn(clock.timestamp() + 10)
    assert not (tmp_path / "status" / "shop").exists()


def test_a_change_is_rendered_at_the_next_turn(
    page: StatusPage, add: Any, tmp_path: Path, turner: Turner
) -> None:
    """Without waiting for the minute."""
    look(turner)
    publish(draft(page, Wish(title="News", text="Now.")))
    turner.turn(clock.timestamp() + 0.5)
    assert "News" in (tmp_path / "status" / "shop" / "index.html").read_text()
    assert turner.turn(clock.timestamp() + 1) == 0
