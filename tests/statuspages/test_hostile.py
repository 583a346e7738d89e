"""What one page, one stranger or one clock must not do to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.monitors.watching import Watch
from vedette import clock
from vedette.accounts.models import User
from vedette.monitors.models import MaintenanceWindow, StateInterval
from vedette.statuspages import subscribing
from vedette.statuspages.announcing import Wish, add_update, draft, publish
from vedette.statuspages.keeping import kept_at, renew
from vedette.statuspages.models import Incident, IncidentComponent, StatusPage, Subscriber
from vedette.statuspages.reading import picture_of
from vedette.statuspages.rendering import files_of
from vedette.statuspages.turning import Turner


@pytest.fixture
def turner(tmp_path: Path) -> Turner:
    return Turner(tmp_path, lambda _page: {})


@pytest.fixture
def other(page: StatusPage) -> StatusPage:
    """A page that is rendered after the first."""
    return StatusPage.objects.create(
        organization=page.organization, slug="other", title="Other status"
    )


@pytest.fixture
def eva(page: StatusPage) -> User:
    """Somebody who writes."""
    return User.objects.create(email="eva@example.com")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.turn(0)


def test_a_page_that_cannot_be_rendered_stops_no_other(
    page: StatusPage, other: StatusPage, turner: Turner, add: Any
) -> None:
    """Whatever is wrong with one; what went wrong is told once the others are done."""
    made = draft(page, Wish(title="Down", text="It is.", affected={add("A").pk: "major_outage"}))
    publish(made)
    IncidentComponent.objects.update(state="nonsense")
    with pytest.raises(Exception, match="nonsense"):
        turner.turn(clock.timestamp())
    assert kept_at("other", "") is not None


def test_a_page_that_cannot_be_drafted_for_stops_no_other(
    page: StatusPage, other: StatusPage, turner: Turner, eva: User
) -> None:
    """Here maintenance of which too much was said to say that it begins."""
    start = clock.now() + timedelta(minutes=10)
    wish = Wish(title="Move", text="We move.", start=start, end=start + timedelta(hours=1))
    made = draft(page, wish)
    publish(made)
    for number in range(199):
        add_update(made, "scheduled", f"Word {number}", by=eva)
    clock.turn(700)
    turner.turn(clock.timestamp())
    assert kept_at("other", "") is not None
    made.refresh_from_db()
    assert made.status == "in_progress"


def test_a_folder_that_cannot_be_written_stops_no_page(
    page: StatusPage, other: StatusPage, tmp_path: Path, turner: Turner
) -> None:
    """Visitors see it all the same."""
    (tmp_path / "status").write_text("no folder")
    with pytest.raises(OSError, match="status"):
        turner.turn(clock.timestamp())
    assert kept_at("shop", "") is not None
    assert kept_at("other", "") is not None


def test_a_clock_that_is_set_back_freezes_no_page(page: StatusPage) -> None:
    """What is rendered after it is shown."""
    clock.turn(3600)
    renew(page)
    clock.turn(0)
    StatusPage.objects.filter(pk=page.pk).update(title="Another name")
    renew(page)
    body = Client().get("/status/shop/").content
    assert b"Another name" in body


def test_a_link_of_one_page_tells_nothing_of_another(page: StatusPage, other: StatusPage) -> None:
    """A question that a stranger was sent opens no private page, and does not say there is one."""
    StatusPage.objects.filter(pk=other.pk).update(is_public=False)
    subscribing.ask(page, "email", "eve@example.com", [], "192.0.2.1")
    way, _ = subscribing.ways_of(Subscriber.objects.get(), "/")
    assert Client().get(f"/status/shop{way}").status_code == 200
    for slug in ("other", "nowhere"):
        assert Client().get(f"/status/{slug}{way}").status_code == 404


def test_maintenance_that_begins_publishes_no_draft_of_a_person(
    page: StatusPage, turner: Turner, eva: User
) -> None:
    """What somebody keeps as a draft stays one, whatever the clock says."""
    start = clock.now() + timedelta(minutes=10)
    made = draft(
        page, Wish(title="Move", text="We move.", start=start, end=start + timedelta(hours=1))
    )
    publish(made)
    kept = add_update(made, "scheduled", "For us alone", by=eva)
    clock.turn(700)
    turner.turn(clock.timestamp())
    kept.refresh_from_db()
    made.refresh_from_db()
    assert made.status == "in_progress"
    assert kept.published_at is None
    assert b"For us alone" not in Client().get("/status/shop/").content


def test_a_page_that_publishes_by_itself_publishes_no_draft_of_a_person(
    watch: Watch, page: StatusPage, add: Any, turner: Turner, eva: User
) -> None:
    """Neither when another component fails, nor when all is well again."""
    StatusPage.objects.filter(pk=page.pk).update(auto_draft_minutes=1, auto_publish=True)
    api, web = watch.monitor("api"), watch.monitor("web")
    add("Api", api)
    add("Web", web)
    watch.checks(api, "ooffffff")
    turner.turn(clock.timestamp())
    kept = add_update(Incident.objects.get(), "monitoring", "For us alone", by=eva)
    watch.checks(web, "ooffffff")
    turner.turn(clock.timestamp() + 10)
    kept.refresh_from_db()
    assert kept.published_at is None
    watch.checks(api, "oooo")
    watch.checks(web, "oooo")
    turner.turn(clock.timestamp() + 20)
    kept.refresh_from_db()
    assert Incident.objects.get().status == "resolved"
    assert kept.published_at is None


def test_a_draft_of_maintenance_mutes_no_monitor(watch: Watch, page: StatusPage, add: Any) -> None:
    """Monitors go into it when it is published."""
    component = add("Api", watch.monitor("api"))
    start = clock.now() + timedelta(minutes=10)
    made = draft(
        page,
        Wish(
            title="Move",
            text="We move.",
            start=start,
            end=start + timedelta(hours=1),
            affected={component.pk: "under_maintenance"},
            covers_monitors=True,
        ),
    )
    assert not MaintenanceWindow.objects.exists()
    publish(made)
    assert MaintenanceWindow.objects.get().starts_at == start
    publish(made)
    assert MaintenanceWindow.objects.count() == 1


@pytest.mark.parametrize("year", [1, 999, 9999])
def test_a_day_beyond_every_calendar_is_refused(page: StatusPage, year: int) -> None:
    """No zone of the page makes it overflow later."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="years"):
        draft(page, Wish(title="Move", text="We.", start=start, end=start + timedelta(hours=1)))


def test_feeds_and_badges_are_well_formed_whatever_is_written(page: StatusPage, add: Any) -> None:
    """Characters that XML does not know are left out."""
    odd = "a\x01\x0b\x85\ufffe\uffffb ]]> <x> & \"'"
    component = add(odd)
    made = draft(page, Wish(title=odd, text=odd, affected={component.pk: "major_outage"}))
    publish(made)
    StatusPage.objects.filter(pk=page.pk).update(title=odd, description=odd)
    page.refresh_from_db()
    renew(page)
    client = Client()
    for path in ("history.rss", "history.atom", "badge/status.svg"):
        ElementTree.fromstring(client.get(f"/status/shop/{path}").content)
    ElementTree.fromstring(client.get(f"/status/shop/badge/{component.key}/status.svg").content)


def test_uptime_of_ninety_days_is_of_ninety_days(watch: Watch, page: StatusPage, add: Any) -> None:
    """A failure in the hours before the first bar counts, as it does by brute force."""
    from vedette.monitors.models import MonitorStanding

    api = watch.monitor("api")
    add("Api", api)
    standing = MonitorStanding.objects.get(monitor=api)
    StateInterval.objects.filter(standing=standing).delete()
    day = 86_400.0
    midnight = clock.timestamp() // day * day + 2 * day
    clock.turn(midnight + day / 4 - clock.timestamp())
    now = clock.timestamp()
    down_from, down_until = midnight - 89 * day - 6 * 3600, midnight - 89 * day - 3600
    marks = [(now - 100 * day, "up"), (down_from, "down"), (down_until, "up")]
    ends = [*(int(at * 1000) for at, _ in marks[1:]), None]
    for (at, state), end in zip(marks, ends, strict=True):
        StateInterval.objects.create(
            standing=standing, state=state, began=int(at * 1000), ended=end
        )
    (shape,) = picture_of(page).components
    expected = 1 - 5 * 3600 / (90 * day)
    assert shape.uptimes["90d"] == pytest.approx(expected, abs=1e-6)


def test_what_lasts_is_shown_however_much_came_after(page: StatusPage, add: Any) -> None:
    """The history is bounded; an incident that is open is not history."""
    component = add("Api")
    long = draft(
        page,
        Wish(title="Long", text="Still.", affected={component.pk: "major_outage"}),
        began_at=clock.now() - timedelta(days=400),
    )
    publish(long)
    for number in range(201):
        publish(draft(page, Wish(title=f"{number}", text="Over.", status="resolved")))
    picture = picture_of(page)
    assert [one.title for one in picture.open_incidents] == ["Long"]
    assert picture.components[0].condition == "major_outage"
    assert f"incidents/{long.key}/" in files_of(picture)


def test_a_key_that_is_lost_closes_no_public_page(page: StatusPage, turner: Turner) -> None:
    """After a database was restored without the keys of secrets, for example."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE statuspages_statuspage SET token = 'sealed under another key'")
    turner.turn(clock.timestamp())
    for path in ("", "badge/status.svg", "subscribe/"):
        assert Client().get(f"/status/shop/{path}").status_code == 200
