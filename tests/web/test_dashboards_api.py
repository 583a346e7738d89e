"""Dashboards in Sentry's API: its paths, names and shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.web.dashboards import EVERY_KIND, make_dashboard
from tests.web.walk import bearer
from tests.web.world import World
from vedette.dashboards.models import Dashboard, DashboardUse
from vedette.dashboards.saving import content_of

PATH = "/api/0/organizations/lantern/dashboards/"

# A request as Sentry's documentation and its Terraform provider make them.
SENT: dict[str, Any] = {
    "title": "Service",
    "projects": [],
    "environment": ["production"],
    "period": "7d",
    "filters": {"release": ["shop@2.4.1"]},
    "widgets": [
        {
            "title": "Slowest",
            "displayType": "table",
            "interval": "5m",
            "widgetType": "discover",
            "limit": None,
            "thresholds": None,
            "queries": [
                {
                    "name": "",
                    "fields": ["avg(transaction.duration)", "transaction"],
                    "aggregates": ["avg(transaction.duration)"],
                    "columns": ["transaction"],
                    "fieldAliases": ["", ""],
                    "conditions": "",
                    "orderby": "-avg(transaction.duration)",
                }
            ],
            "layout": {"x": 0, "y": 0, "w": 2, "h": 2, "minH": 2},
        },
        {
            "title": "Errors",
            "displayType": "area",
            "widgetType": "error-events",
            "queries": [{"fields": ["count()", "title"], "conditions": "level:error"}],
            "limit": 3,
            "layout": {"x": 2, "y": 0, "w": 4, "h": 2, "minH": 2},
        },
        {
            "title": "P95",
            "displayType": "big_number",
            "widgetType": "spans",
            "thresholds": {"max_values": {"max1": 1, "max2": 2.5}, "unit": "second"},
            "queries": [{"aggregates": ["p95(span.duration)"], "columns": [], "conditions": ""}],
        },
        {
            "title": "Issues",
            "displayType": "table",
            "widgetType": "issue",
            "queries": [{"fields": ["issue"], "conditions": "is:unresolved", "orderby": "freq"}],
        },
        {
            "title": "Health",
            "displayType": "line",
            "widgetType": "metrics",
            "queries": [{"aggregates": ["crash_free_rate(session)"], "columns": []}],
        },
    ],
}


@pytest.fixture
def api(world: World) -> Client:
    """A token of Alice's with every scope."""
    return bearer(world.organization, world.alice)


def send(client: Client, method: str, path: str, body: Any, status: int) -> Any:
    answer = client.generic(
        method, path, json.dumps(body) if body else "", content_type="application/json"
    )
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_a_dashboard_made_as_sentry_documents_it(world: World, api: Client) -> None:
    """Each widget becomes the kind that asks the same."""
    shape = send(api, "POST", PATH, SENT, 201)
    row = Dashboard.objects.get(pk=shape["id"])
    table, area, number, issues, health = sorted(content_of(row).widgets, key=lambda one: one.id)
    assert row.is_shared
    assert (table.kind, table.whole_options["dataset"]) == ("table", "transactions")
    assert table.whole_options["sort"] == "-avg(transaction.duration)"
    assert (area.kind, area.whole_options["look"]) == ("series", "area")
    assert (area.whole_options["group"], area.whole_options["top"]) == (["title"], 3)
    assert (area.place.x, area.place.w, area.place.h) == (4, 8, 4)
    assert (number.options["warning"], number.options["critical"]) == ("1s", "2.5s")
    assert (issues.kind, issues.whole_options["sort"]) == ("issue_list", "freq")
    assert (health.kind, health.whole_options["show"]) == ("crash_free", "time")
    filters = content_of(row).filters
    assert (filters.environments, filters.releases) == (["production"], ["shop@2.4.1"])


def test_the_shape_is_sentrys(world: World, api: Client) -> None:
    """Names and types as its clients read them."""
    made = send(api, "POST", PATH, SENT, 201)
    shape = api.get(f"{PATH}{made['id']}/").json()
    assert shape == made
    assert shape["title"] == "Service"
    assert shape["createdBy"]["email"] == "alice@example.com"
    assert shape["period"] == "7d"
    assert shape["filters"] == {"release": ["shop@2.4.1"]}
    assert shape["permissions"] == {"isEditableByEveryone": True, "teamsWithEditAccess": []}
    widget = next(one for one in shape["widgets"] if one["title"] == "Slowest")
    assert widget["displayType"] == "table"
    assert widget["widgetType"] == "transaction-like"
    assert widget["layout"] == {"x": 0, "y": 0, "w": 2, "h": 2, "minH": 1}
    (query,) = widget["queries"]
    assert query["fields"] == ["transaction", "avg(transaction.duration)"]
    assert query["aggregates"] == ["avg(transaction.duration)"]
    assert query["columns"] == ["transaction"]
    assert query["orderby"] == "-avg(transaction.duration)"


def test_what_was_read_can_be_put_back(world: World, api: Client) -> None:
    """Every kind, also in odd columns, which Sentry's grid does not have."""
    row = make_dashboard(
        world,
        *EVERY_KIND,
        {"kind": "text", "text": "odd", "place": {"x": 1, "y": 90, "w": 3, "h": 1}},
        {"kind": "crash_free", "show": "releases"},
        {"kind": "table", "columns": ["title", "release"]},
        {"kind": "number", "figure": "count()", "better": "more", "warning": "95%"},
        {"kind": "number", "compares": False, "line": False, "warning": "9"},
        {"kind": "number", "better": "more"},
        {"kind": "series", "group": ["title"], "others": True, "compares": True, "look": "bar"},
        {"kind": "vitals", "by": "browser", "limit": 3},
    )
    before = content_of(row)
    shape = api.get(f"{PATH}{row.pk}/").json()
    send(api, "PUT", f"{PATH}{row.pk}/", shape, 200)
    row.refresh_from_db()
    assert [one.place for one in content_of(row).widgets] == [one.place for one in before.widgets]
    assert content_of(row) == before  # also of what Sentry has no words for
    again = api.get(f"{PATH}{row.pk}/").json()
    assert {**again, "revision": 0} == {**shape, "revision": 0}


@pytest.mark.parametrize(
    ("widget", "said"),
    [
        (
            {"displayType": "world_map"},
            "widgets[0].displayType: there is no widget like 'world_map'",
        ),
        ({"displayType": "line", "widgetType": "logs"}, "widgets[0].widgetType: 'logs'"),
        (
            {"displayType": "line", "queries": [{"aggregates": ["nope()"]}]},
            "there is no function nope()",
        ),
        (
            {"displayType": "line", "queries": [{}, {}]},
            "widgets[0].queries: a widget asks one question",
        ),
        (
            {"displayType": "table", "widgetType": "metrics",
             "queries": [{"aggregates": ["sum(session)"]}]},
            "widgets[0].queries[0].aggregates",
        ),
        ({"displayType": "area", "widgetType": "issue"}, "issues are shown as a table"),
        (
            {"displayType": "line", "queries": [{"conditions": "a:("}]},
            "widgets[0].query: This parenthesis",
        ),
    ],
)  # fmt: skip
def test_what_there_is_not_is_named(widget: dict[str, Any], said: str, api: Client) -> None:
    """And nothing is made."""
    body = {"title": "a", "widgets": [widget]}
    assert said in send(api, "POST", PATH, body, 400)["detail"]
    assert not Dashboard.objects.exists()


def test_thresholds_of_two_units_are_put_back_as_they_were(world: World, api: Client) -> None:
    """Sentry has one unit for both."""
    row = make_dashboard(world, {"kind": "number", "warning": "500ms", "critical": "1.5s"})
    shape = api.get(f"{PATH}{row.pk}/").json()
    assert shape["widgets"][0]["thresholds"]["max_values"] == {"max1": 500, "max2": 1500}
    assert shape["widgets"][0]["thresholds"]["unit"] == "millisecond"
    send(api, "PUT", f"{PATH}{row.pk}/", shape, 200)
    row.refresh_from_db()
    options = content_of(row).widgets[0].whole_options
    assert (options["warning"], options["critical"]) == ("500ms", "1500ms")


def test_a_kind_of_a_later_version_is_put_back(world: World, api: Client) -> None:
    """With all that it holds."""
    row = make_dashboard(world, {"kind": "text", "text": "a"})
    row.body["widgets"][0] |= {"kind": "later", "options": {"of": "tomorrow"}}
    row.save()
    before = content_of(row)
    shape = api.get(f"{PATH}{row.pk}/").json()
    send(api, "PUT", f"{PATH}{row.pk}/", shape, 200)
    row.refresh_from_db()
    assert content_of(row) == before


@pytest.mark.parametrize(
    ("conditions", "fields", "dataset"),
    [
        ("!event.type:transaction", ["count()"], "errors"),
        ("!event.type:transaction", ["count_unique(issue)"], "errors"),
        ("!event.type:error", ["count()", "transaction"], "transactions"),
        ("event.type:transaction", ["count()"], "transactions"),
        ("(event.type:error)", ["count()", "transaction"], "errors"),
        ("", ["failure_rate()"], "transactions"),
    ],
)
def test_discover_is_about_what_its_conditions_say(
    conditions: str, fields: list[str], dataset: str, api: Client
) -> None:
    """As in the example of the Terraform provider: what is not a transaction is an error."""
    query = {"fields": fields, "conditions": conditions}
    widget = {"displayType": "table", "widgetType": "discover", "queries": [query]}
    send(api, "POST", PATH, {"title": "Discover", "widgets": [widget]}, 201)
    assert (
        content_of(Dashboard.objects.get()).widgets[0].options.get("dataset", "errors") == dataset
    )


def test_issues_are_sorted_as_sentrys_own_dashboards_do(api: Client) -> None:
    """By a priority that is nearest to what rises here."""
    query = {"fields": ["issue"], "conditions": "is:unresolved", "orderby": "priority"}
    widget = {"displayType": "table", "widgetType": "issue", "queries": [query]}
    send(api, "POST", PATH, {"title": "Issues", "widgets": [widget]}, 201)
    assert content_of(Dashboard.objects.get()).widgets[0].options["sort"] == "trend"


def test_a_change_says_only_what_changes(world: World, api: Client) -> None:
    """What is not there stays."""
    made = send(api, "POST", PATH, SENT, 201)
    shape = send(api, "PUT", f"{PATH}{made['id']}/", {"title": "Renamed"}, 200)
    assert shape["title"] == "Renamed"
    assert shape["widgets"] == made["widgets"]
    assert shape["period"] == "7d"


def test_a_revision_that_is_gone_is_refused(world: World, api: Client) -> None:
    """Where a client says which one it has read."""
    row = make_dashboard(world)
    path = f"{PATH}{row.pk}/"
    send(api, "PUT", path, {"title": "One", "revision": 1}, 200)
    send(api, "PUT", path, {"title": "Two", "revision": 1}, 409)
    send(api, "PUT", path, {"title": "Three"}, 200)


def test_the_list_is_searched_sorted_and_paged(world: World, api: Client) -> None:
    """With a Link header, as all lists."""
    for title in ("Beta", "Alpha", "Alphabet"):
        make_dashboard(world, {"kind": "number"}, title=title)
    make_dashboard(world, title="Private of Bob", owner=world.bob, is_shared=False)

    def titles(**query: Any) -> list[str]:
        return [one["title"] for one in api.get(PATH, query).json()]

    assert titles() == ["Beta", "Alpha", "Alphabet"]
    assert titles(sort="title") == ["Alpha", "Alphabet", "Beta"]
    assert titles(sort="-title", query="alpha") == ["Alphabet", "Alpha"]
    answer = api.get(PATH, {"per_page": 2})
    assert 'rel="next"; results="true"; cursor="o:2"' in answer["Link"]
    assert titles(per_page=2, cursor="o:2") == ["Alphabet"]
    first = answer.json()[0]
    assert first["widgetDisplay"] == ["big_number"]
    assert first["widgetPreview"][0]["layout"]["w"] == 1


def test_a_favourite_is_ones_own(world: World, api: Client) -> None:
    """As on the page."""
    row = make_dashboard(world)
    shape = send(api, "PUT", f"{PATH}{row.pk}/", {"isFavorited": True}, 200)
    assert shape["isFavorited"]
    assert DashboardUse.objects.get().user == world.alice
    bobs = bearer(world.organization, world.bob).get(f"{PATH}{row.pk}/").json()
    assert not bobs["isFavorited"]
    assert [one["id"] for one in api.get(PATH, {"filter": "onlyFavorites"}).json()] == [str(row.pk)]


def test_what_is_deleted_is_gone(world: World, api: Client) -> None:
    """For who may remove it."""
    row = make_dashboard(world)
    bob = bearer(world.organization, world.bob)
    send(bob, "DELETE", f"{PATH}{row.pk}/", None, 403)
    send(api, "DELETE", f"{PATH}{row.pk}/", None, 204)
    assert api.get(f"{PATH}{row.pk}/").status_code == 404


def test_a_foreign_project_is_none(world: World, api: Client) -> None:
    """Named in words."""
    said = send(api, "POST", PATH, {"title": "a", "projects": [999]}, 400)["detail"]
    assert said == "Invalid field projects: there is no project 999"


@pytest.mark.parametrize("value", [10**400, -(10**16), True, "5", []])
def test_a_threshold_that_is_no_number_is_refused(world: World, api: Client, value: Any) -> None:
    """Nor is one that no figure can have."""
    widget = {**SENT["widgets"][2], "thresholds": {"max_values": {"max1": value}}}
    said = send(api, "POST", PATH, {"title": "a", "widgets": [widget]}, 400)["detail"]
    assert "max1: it is a number" in said
