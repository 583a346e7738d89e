"""What visitors get: one row for each address, without anything of projects and targets."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.monitors.watching import Watch
from vedette.statuspages.announcing import Wish, draft, publish
from vedette.statuspages.keeping import renew
from vedette.statuspages.models import StatusPage
from vedette.statuspages.states import Condition


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def troubled(watch: Watch, page: StatusPage, add: Any) -> Any:
    """Two components, one of them down with a published incident."""
    api, web = watch.monitor("secret-api-host"), watch.monitor("web")
    watch.checks(api, "oooffff")
    watch.checks(web, "ooo")
    down = add("Checkout", api, description="Paying in the shop")
    add("Catalogue", web)
    wish = Wish(
        title="Payments <b>fail</b>",
        text="We are **looking**. [more](javascript:alert(1))",
        impact="major",
        affected={down.pk: Condition.MAJOR_OUTAGE.value},
    )
    publish(draft(page, wish))
    renew(page)
    return down


def test_the_page_says_in_words_how_it_is(troubled: Any, visitor: Client) -> None:
    """Overall, each component with its uptime, incidents with their updates."""
    body = visitor.get("/status/shop/").content.decode()
    assert "Partial system outage" in body
    assert re.search(r"Checkout</h3>.*?Major outage", body, re.DOTALL)
    assert re.search(r"Catalogue</h3>.*?Operational", body, re.DOTALL)
    assert "Payments &lt;b&gt;fail&lt;/b&gt;" in body
    assert "<strong>looking</strong>" in body
    assert "The last 90 days:" in body


def test_nothing_of_monitors_projects_or_targets_is_in_any_file(
    troubled: Any, page: StatusPage
) -> None:
    """Neither in pages nor in JSON, feeds or badges."""
    for path, file in renew(page).items():
        text = file.body.decode()
        for secret in ("secret-api-host", "example.com:80", "nobody listens", "refused"):
            assert secret not in text, path


def test_no_script_no_style_and_no_dangerous_link(troubled: Any, page: StatusPage) -> None:
    """It is whole without JavaScript."""
    for path, file in renew(page).items():
        if "html" in file.content_type:
            text = file.body.decode()
            assert "<script" not in text, path
            assert 'href="javascript:' not in text, path
            assert not re.search(r"<[^>]+\s(style|on\w+)=", text), path


def test_a_visit_reads_one_row(troubled: Any, visitor: Client) -> None:
    """One question to the database, whatever is on the page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = visitor.get("/status/shop/", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    assert len([one for one in asked if "statuspages" in one["sql"]]) == 1
    assert len(asked) == 1
    again = visitor.get("/status/shop/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert "max-age" in answer["Cache-Control"]


def test_json_has_statuspages_shapes(troubled: Any, visitor: Client) -> None:
    """As clients of its public API read them."""
    got = {
        name: visitor.get(f"/status/shop/api/v2/{name}.json").json()
        for name in (
            *("summary", "status", "components", "incidents", "incidents/unresolved"),
            *("scheduled-maintenances", "scheduled-maintenances/upcoming"),
            "scheduled-maintenances/active",
        )
    }
    for document in got.values():
        assert set(document["page"]) == {"id", "name", "url", "time_zone", "updated_at"}
    summary = got["summary"]
    assert summary["status"] == {"indicator": "major", "description": "Partial system outage"}
    assert {one["name"]: one["status"] for one in summary["components"]} == {
        "Checkout": "major_outage",
        "Catalogue": "operational",
    }
    needed = {
        *("id", "name", "status", "created_at", "updated_at", "position", "description"),
        *("showcase", "start_date", "group_id", "page_id", "group", "only_show_if_degraded"),
    }
    assert all(needed <= set(one) for one in summary["components"])
    incident = summary["incidents"][0]
    assert incident["status"] == "investigating"
    assert incident["impact"] == "major"
    needed = {
        *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at"),
        *("impact", "shortlink", "started_at", "page_id", "incident_updates", "components"),
    }
    assert needed <= set(incident)
    assert incident["incident_updates"][0]["body"].startswith("We are **looking**")
    assert got["incidents/unresolved"]["incidents"] == summary["incidents"]
    assert got["scheduled-maintenances"]["scheduled_maintenances"] == []


def test_feeds_are_well_formed(troubled: Any, visitor: Client) -> None:
    """RSS and Atom with the incident."""
    rss = ElementTree.fromstring(visitor.get("/status/shop/history.rss").content)
    assert rss.findtext("channel/item/title") == "Payments <b>fail</b>"
    atom = ElementTree.fromstring(visitor.get("/status/shop/history.atom").content)
    name = "{http://www.w3.org/2005/Atom}"
    assert atom.findtext(f"{name}entry/{name}title") == "Payments <b>fail</b>"


def test_badges_say_state_uptime_and_response(troubled: Any, visitor: Client) -> None:
    """Of the page and of each component."""
    for path in ("status.svg", f"{troubled.key}/status.svg", f"{troubled.key}/uptime-30d.svg"):
        answer = visitor.get(f"/status/shop/badge/{path}")
        assert answer["Content-Type"] == "image/svg+xml"
        ElementTree.fromstring(answer.content)
    body = visitor.get(f"/status/shop/badge/{troubled.key}/status.svg").content.decode()
    assert "Checkout: Major outage" in body
    assert visitor.get("/status/shop/badge/nobody/status.svg").status_code == 404
    assert visitor.get("/status/shop/badge/status.png").status_code == 404


def test_a_draft_is_seen_by_nobody(page: StatusPage, add: Any, visitor: Client) -> None:
    """Until a person publishes it; one that is discarded goes again."""
    from vedette.statuspages.announcing import discard

    add("Checkout")
    made = draft(page, Wish(title="Unpublished", text="Not yet"))
    files = renew(page)
    assert not any(b"Unpublished" in file.body for file in files.values())
    publish(made)
    assert b"Unpublished" in renew(page)[""].body
    discard(made)
    assert not any(b"Unpublished" in file.body for file in renew(page).values())


def test_the_history_is_by_month(page: StatusPage, visitor: Client) -> None:
    """Each month with its incidents, the newest first."""
    made = draft(page, Wish(title="Long ago", text="It was"))
    publish(made)
    files = renew(page)
    month = f"{made.began_at:%Y-%m}"
    assert b"Long ago" in files[f"history/{month}/"].body
    assert b"Long ago" in files["history/"].body
    assert b"Long ago" in files[f"incidents/{made.key}/"].body


def test_a_private_page_needs_its_key(page: StatusPage, visitor: Client) -> None:
    """404 without; the key moves into a cookie, and no other side hears of it."""
    StatusPage.objects.filter(pk=page.pk).update(is_public=False)
    page.refresh_from_db()
    renew(page)
    for path in ("", "history/", "api/v2/summary.json", "badge/status.svg", "subscribe/"):
        assert visitor.get(f"/status/shop/{path}").status_code == 404
        assert visitor.get(f"/status/shop/{path}?key=wrong").status_code == 404
    opened = visitor.get(f"/status/shop/?key={page.token}")
    assert opened.status_code == 302
    assert opened["Location"] == "/status/shop/"
    assert page.token not in str(opened.cookies)
    answer = visitor.get("/status/shop/")
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "private" in answer["Cache-Control"]
    assert Client().get(f"/status/shop/history.rss?key={page.token}").status_code == 200


def test_what_is_not_there_is_not_found(page: StatusPage, visitor: Client) -> None:
    """Other pages, other files, the figures that badges are made of."""
    renew(page)
    for path in ("other/", "shop/_figures", "shop/history/1999-01/", "shop/../other/"):
        assert visitor.get(f"/status/{path}").status_code == 404
    assert visitor.post("/status/shop/").status_code == 405


def test_figures_are_valid_json(page: StatusPage, add: Any) -> None:
    """Also of names with quotes."""
    add('A "quoted" <name>')
    assert json.loads(renew(page)["_figures"].body)["components"]
