"""Dashboards: the list, one of them, its editor, JSON in and out, from Explore."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.web.dashboards import EVERY_KIND, make_dashboard
from tests.web.tracing import send_item, transaction
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.dashboards import answering, saving
from vedette.dashboards.models import Dashboard
from vedette.dashboards.ready import ready_dashboards
from vedette.dashboards.saving import content_of
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.issues.shapes import Scope
from vedette.projects.creation import create_project
from vedette.projects.removal import remove_project
from vedette.store import access
from vedette.store.errors import StoreBusy, StoreUnavailable
from vedette.telemetry import exploring


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    answering.answers.forget()


def body_of(client: Client, path: str, status: int = 200, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def words(body: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def tiles(client: Client, path: str) -> dict[str, str]:
    """The words in each tile of a page, by its title, each asked as the page would."""
    body = body_of(client, path)
    frames = re.findall(
        r'<h2 id="tile-\d+"[^>]*>([^<]*)</h2>.*?data-src="([^"]+)"', body, re.DOTALL
    )
    return {title: words(body_of(client, src)) for title, src in frames}


class TestLooking:
    """One dashboard."""

    def test_every_kind_of_widget_answers_in_its_own_tile(
        self, world: World, alice: Client
    ) -> None:
        """What the shop has sent is there."""
        row = make_dashboard(world, *EVERY_KIND)
        found = tiles(alice, f"/dashboards/{row.pk}/?period=24h")
        assert set(found) == {one["title"] for one in EVERY_KIND}
        assert re.match(r"1\d from nothing$", found["How many"])
        number = body_of(alice, f"/dashboards/{row.pk}/widgets/2/", period="24h")
        assert 'aria-label="beyond the critical threshold"' in number
        assert "PaymentFailed" in found["Titles"]
        assert "PaymentFailed" in found["Newest"]
        assert "SHOP-1" in found["Issues"]
        assert "/till" not in found["Errors by title"]
        prose = alice.get(f"/dashboards/{row.pk}/widgets/7/").content.decode()
        assert "<strong>call</strong> &lt;b&gt;Bob&lt;/b&gt;" in prose
        assert found["Durations"] != "Nothing in this time."
        assert found["Feel"] == found["Crashes"] == "Nothing in this time."

    @pytest.mark.parametrize("kind", widget_kinds().values(), ids=lambda kind: str(kind.name))
    def test_the_sample_of_every_kind_answers(
        self, kind: WidgetKind, world: World, alice: Client
    ) -> None:
        """In its tile, in the preview, and where it leads."""
        row = make_dashboard(world, {"kind": kind.name, "title": "w", **kind.sample})
        tile = body_of(alice, f"/dashboards/{row.pk}/widgets/1/", period="24h")
        assert "tile-problem" not in tile
        assert words(tile) != ""
        form = body_of(alice, f"/dashboards/{row.pk}/widgets/1/edit/")
        assert "search-error" not in form
        for lead in re.findall(
            r'tile-lead" href="([^"]+)"', body_of(alice, f"/dashboards/{row.pk}/", period="24h")
        ):
            assert alice.get(lead).status_code == 200

    @pytest.mark.parametrize("name", list(ready_dashboards()))
    def test_every_ready_dashboard_answers(self, name: str, alice: Client) -> None:
        """No tile of it says that something is wrong."""
        found = tiles(alice, f"/dashboards/ready/{name}/?period=24h")
        assert len(found) == len(ready_dashboards()[name].draft.content.widgets)
        assert not [one for one in found if "tile-problem" in found[one]]

    def test_the_time_of_the_address_is_the_time_of_the_tiles(
        self, world: World, alice: Client
    ) -> None:
        """So a link shares what is seen."""
        row = make_dashboard(world, {"kind": "number", "title": "n", "line": False})
        long = tiles(alice, f"/dashboards/{row.pk}/?period=24h")["n"]
        none = tiles(alice, f"/dashboards/{row.pk}/?start=2020-01-01T00:00&end=2020-01-02T00:00")
        assert long.split()[0] != "0"
        assert none["n"].split()[0] == "0"

    def test_a_release_chooses_in_every_tile(self, world: World, alice: Client) -> None:
        """Also of issues."""
        row = make_dashboard(
            world,
            {"kind": "number", "title": "n"},
            {"kind": "issue_list", "title": "i", "query": ""},
        )
        some = tiles(alice, f"/dashboards/{row.pk}/?period=24h&release=shop@2.4.1")
        none = tiles(alice, f"/dashboards/{row.pk}/?period=24h&release=shop@0.0.0")
        assert some["n"].split()[0] != "0"
        assert none["n"].split()[0] == "0"
        assert "SHOP-1" in some["i"]
        assert none["i"] == "Nothing in this time."

    def test_it_opens_with_its_own_filter(self, world: World, alice: Client) -> None:
        """Which is in the address then, where it can be changed."""
        filters = {"projects": ["web"], "environments": ["production"], "period": "7d"}
        row = make_dashboard(world, filters=filters)
        answer = alice.get(f"/dashboards/{row.pk}/?refresh=60")
        assert answer.status_code == 302
        assert parse_qs(urlsplit(answer["Location"]).query) == {
            "project": ["web"],
            "environment": ["production"],
            "period": ["7d"],
            "refresh": ["60"],
        }
        assert alice.get(f"/dashboards/{row.pk}/?period=24h").status_code == 200

    def test_one_that_asks_wrongly_harms_no_other(self, world: World, alice: Client) -> None:
        """A question that was right once, such as about a field that is gone."""
        row = make_dashboard(
            world, {"kind": "table", "title": "bad"}, {"kind": "text", "title": "t", "text": "fine"}
        )
        row.body["widgets"][0]["options"] = {"query": "a:("}
        row.body["widgets"].append({**row.body["widgets"][1], "id": 9, "kind": "pie", "title": "p"})
        row.save()
        found = tiles(alice, f"/dashboards/{row.pk}/?period=24h")
        assert "This parenthesis is not closed" in found["bad"]
        assert found["t"] == "fine"
        assert "does not know this kind of widget: pie" in found["p"]

    @pytest.mark.parametrize(
        ("error", "said", "again"),
        [
            (StoreUnavailable("away"), "The store of events does not answer", "3"),
            (StoreBusy("the store is busy with other questions"), "The store is busy", "3"),
        ],
    )
    def test_a_store_that_does_not_answer_is_told_in_the_tile(
        self,
        error: Exception,
        said: str,
        again: str,
        world: World,
        alice: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """And it is asked again."""
        row = make_dashboard(world, {"kind": "number"}, {"kind": "text", "text": "fine"})

        class Away:
            def query(self, *arguments: object, **rest: object) -> None:
                raise error

        monkeypatch.setattr(access, "_reader", Away())
        answer = alice.get(f"/dashboards/{row.pk}/widgets/1/?period=24h")
        assert said in answer.content.decode()
        assert answer["X-Again"] == again
        assert "fine" in body_of(alice, f"/dashboards/{row.pk}/widgets/2/?period=24h")

    def test_ten_viewers_of_a_wall_cost_one_question(
        self, world: World, alice: Client, bob: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever they are, where they may see the same; who sees less asks for themselves."""
        row = make_dashboard(world, {"kind": "number", "line": False, "compares": False})
        address = f"/dashboards/{row.pk}/widgets/1/?period=7d"
        asked = []
        reader = access.store()

        class Counting:
            def query(self, select: Any, **rest: Any) -> Any:
                asked.append(select)
                return reader.query(select, **rest)

        monkeypatch.setattr(access, "_reader", Counting())
        for client in (alice, bob) * 5:
            body_of(client, address)
        assert len(asked) == 1
        held = Membership.objects.get(user=world.bob)
        Membership.objects.filter(pk=held.pk).update(sees_all=False)
        ProjectMember.objects.create(membership=held, project=world.web)
        body_of(bob, address)
        assert [select.projects.ids for select in asked] == [
            (world.shop.pk, world.web.pk),
            (world.web.pk,),
        ]

    def test_figures_of_a_sample_say_so(self, world: World, alice: Client) -> None:
        """How many were kept of about how many; those of all say nothing."""
        row = make_dashboard(
            world,
            {"kind": "number", "title": "some", "dataset": "transactions",
             "query": "transaction:/sampled"},
            {"kind": "number", "title": "all", "dataset": "transactions",
             "query": "transaction:/till"},
        )  # fmt: skip
        sent = [transaction("/sampled", minutes=3 + n, took=0.2) for n in range(3)]
        for one in sent:
            trace = one["contexts"]["trace"]["trace_id"]
            kept = {"trace": {"trace_id": trace, "sample_rate": "0.1"}}
            send_item(world, world.shop, "transaction", one, kept)
        world.stage.work()
        found = tiles(alice, f"/dashboards/{row.pk}/?period=24h")
        assert found["some"].startswith("30 ")
        assert found["some"].endswith("3 of about 30 kept")
        assert "kept" not in found["all"]

    def test_nothing_is_compared_with_a_time_that_is_not_kept(
        self, world: World, alice: Client
    ) -> None:
        """It would always have risen from nothing."""
        row = make_dashboard(
            world,
            {"kind": "number", "title": "n"},
            {"kind": "series", "title": "s", "compares": True},
        )
        found = tiles(alice, f"/dashboards/{row.pk}/?period=90d")
        assert re.match(r"\d+$", found["n"])
        assert "before" not in found["s"]

    def test_lines_are_compared_with_those_before(self, world: World, alice: Client) -> None:
        """Each with its own."""
        row = make_dashboard(
            world, {"kind": "series", "title": "s", "group": ["level"], "compares": True}
        )
        said = tiles(alice, f"/dashboards/{row.pk}/?period=24h")["s"]
        assert "error" in said
        assert "error, the period before" in said

    @pytest.mark.parametrize(("period", "hours"), [("24h", 24), ("7d", 168)])
    def test_the_period_before_is_as_long_ago_as_the_period_is_long(
        self, period: str, hours: int, world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However steps lie: else every day is compared with one that is a step off."""
        asked: list[datetime] = []
        chart = exploring.exploration

        def noted(scope: Scope, *rest: Any, **more: Any) -> Any:
            asked.append(scope.period.start)
            return chart(scope, *rest, **more)

        row = make_dashboard(world, {"kind": "series", "title": "s", "compares": True})
        monkeypatch.setattr(exploring, "exploration", noted)
        for minutes in (1, 31, 61, 121):
            asked.clear()
            now = clock.now() + timedelta(minutes=minutes)
            monkeypatch.setattr(clock, "now", lambda now=now: now)
            monkeypatch.setattr(clock, "timestamp", lambda now=now: now.timestamp())
            tiles(alice, f"/dashboards/{row.pk}/?period={period}")
            assert asked[0] - asked[1] == timedelta(hours=hours)

    def test_without_scripts_the_page_is_whole(self, world: World, alice: Client) -> None:
        """The page says where, and there everything is."""
        row = make_dashboard(world, *EVERY_KIND)
        body = body_of(alice, f"/dashboards/{row.pk}/", period="24h")
        assert "<noscript>" in body
        whole = body_of(alice, f"/dashboards/{row.pk}/", period="24h", whole="1")
        assert "data-src" not in whole
        assert "PaymentFailed" in words(whole)

    def test_every_question_leads_to_where_it_is_asked(self, world: World, alice: Client) -> None:
        """In Explore, the list of issues, insights or releases; each of them answers."""
        row = make_dashboard(world, *EVERY_KIND)
        body = body_of(alice, f"/dashboards/{row.pk}/", period="24h", release="shop@2.4.1")
        leads = re.findall(r'tile-lead" href="([^"]+)"', body)
        assert len(leads) == len(EVERY_KIND) - 1
        for lead in leads:
            assert "period=24h" in lead
            answer = alice.get(lead)
            assert answer.status_code == 200
            assert "search-error" not in answer.content.decode()
        assert sum("release%3Ashop" in lead for lead in leads) == len(leads) - 1

    def test_a_time_is_chosen_on_a_wall_and_it_stays_one(self, world: World, alice: Client) -> None:
        """The chart knows where it is."""
        row = make_dashboard(world, {"kind": "series", "title": "s"})
        body = body_of(alice, f"/dashboards/{row.pk}/", project="shop", wall="1", refresh="30")
        (src,) = re.findall(r'data-src="([^"]+)"', body)
        zoom = re.search(r'<x-zoom[^>]* href="([^"]+)"', body_of(alice, src))
        assert zoom is not None
        wanted = {"project": ["shop"], "wall": ["1"], "refresh": ["30"]}
        assert parse_qs(zoom[1].removeprefix("?")) == wanted

    def test_a_wall_opens_as_one_with_the_filter_of_its_dashboard(
        self, world: World, alice: Client
    ) -> None:
        """One of the library as any other."""
        row = make_dashboard(world, {"kind": "text", "text": "x"}, filters={"period": "7d"})
        for path in (f"/dashboards/{row.pk}/", "/dashboards/ready/first-week/"):
            answer = alice.get(f"{path}?wall=1&refresh=30")
            where, _, query = answer["Location"].partition("?")
            assert where == path
            assert parse_qs(query) == {"period": ["7d"], "wall": ["1"], "refresh": ["30"]}

    def test_a_wall_has_no_frame(self, world: World, alice: Client) -> None:
        """And asks again by itself."""
        row = make_dashboard(world, {"kind": "text", "text": "x"})
        body = body_of(alice, f"/dashboards/{row.pk}/", period="24h", wall="1", refresh="30")
        assert 'class="rail"' not in body
        assert 'refresh="30"' in body
        assert "Refresh is one of" in body_of(alice, f"/dashboards/{row.pk}/", 400, refresh="7")


class TestList:
    """Who finds what."""

    def test_own_and_shared_ones_are_found(self, world: World, alice: Client, bob: Client) -> None:
        """A private one by nobody else."""
        make_dashboard(world, title="Shared by Alice")
        mine = make_dashboard(world, title="Private of Alice", is_shared=False)
        assert "Private of Alice" in body_of(alice, "/dashboards/")
        seen = body_of(bob, "/dashboards/")
        assert "Shared by Alice" in seen
        assert "Private of Alice" not in seen
        for path in ("", "edit/", "json/", "links/", "widgets/1/"):
            assert bob.get(f"/dashboards/{mine.pk}/{path}").status_code == 404

    def test_search_and_star(self, world: World, alice: Client, bob: Client) -> None:
        """What is starred comes first, for oneself alone."""
        make_dashboard(world, title="Alpha")
        last = make_dashboard(world, title="Omega")

        def order(client: Client) -> list[str]:
            body = body_of(client, "/dashboards/")
            return re.findall(r"<b>(Alpha|Omega)</b>", body)

        assert order(alice) == ["Alpha", "Omega"]
        alice.post(f"/dashboards/{last.pk}/change/", {"do": "star"})
        assert order(alice) == ["Omega", "Alpha"]
        assert order(bob) == ["Alpha", "Omega"]
        found = body_of(alice, "/dashboards/", query="alp")
        assert "Alpha" in found
        assert "Omega" not in found
        assert "No dashboard matches" in body_of(alice, "/dashboards/", query="zzzz")

    def test_a_long_list_has_pages(self, world: World, alice: Client) -> None:
        """Of fifty."""
        for number in range(51):
            make_dashboard(world, title=f"Board {number:02}")
        first = body_of(alice, "/dashboards/")
        assert first.count("<b>Board ") == 50
        assert body_of(alice, "/dashboards/", cursor="o:50").count("<b>Board ") == 1

    def test_sharing_is_its_owners_and_removing_too(
        self, world: World, alice: Client, bob: Client
    ) -> None:
        """Others change what is on a shared one, and copy it."""
        row = make_dashboard(world, title="Till", owner=world.bob)
        change = f"/dashboards/{row.pk}/change/"
        assert alice.post(change, {"do": "hide"}).status_code == 403
        assert bob.post(change, {"do": "hide"}).status_code == 302
        assert alice.get(f"/dashboards/{row.pk}/").status_code == 404
        bob.post(change, {"do": "share"})
        alice.post(change, {"do": "copy"})
        copy = Dashboard.objects.get(title="Till (copy)")
        assert (copy.owner, copy.is_shared) == (world.alice, False)
        assert bob.get(f"/dashboards/{copy.pk}/remove/").status_code == 404
        remove = f"/dashboards/{row.pk}/remove/"
        assert alice.post(remove, {"confirm": "Tell"}).status_code == 400
        assert alice.post(remove, {"confirm": "Till"}).status_code == 302  # she owns Lantern
        assert not Dashboard.objects.filter(pk=row.pk).exists()

    def test_a_member_removes_no_dashboard_of_others(self, world: World, bob: Client) -> None:
        """But who manages the organisation does."""
        row = make_dashboard(world)
        remove = f"/dashboards/{row.pk}/remove/"
        assert bob.post(remove, {"confirm": row.title}).status_code == 403

    def test_a_ready_one_is_copied(self, world: World, alice: Client) -> None:
        """And is one's own then."""
        answer = alice.post("/dashboards/ready/backend/copy/")
        row = Dashboard.objects.get()
        assert answer["Location"] == f"/dashboards/{row.pk}/edit/"
        assert (row.title, row.owner, row.is_shared) == ("Backend", world.alice, False)
        assert content_of(row) == ready_dashboards()["backend"].draft.content


def fields_of(row: Dashboard, **changes: Any) -> dict[str, Any]:
    """What the editor's form sends."""
    row.refresh_from_db()
    places = {
        f"{name}-{one.id}": getattr(one.place, name)
        for one in content_of(row).widgets
        for name in "xywh"
    }
    about = {"title": row.title, "description": row.description, "revision": row.revision}
    return {**about, **places, "do": "save", **changes}


class TestProjectsThatGo:
    """What a filter names is removed, or hidden from whoever looks."""

    def test_a_dashboard_outlives_the_project_of_its_filter(
        self, world: World, alice: Client, bob: Client
    ) -> None:
        """For all who could open it; the projects that are left stay in its filter."""
        gone = create_project(world.organization, "Gone", "python")
        filters = {"projects": [gone.slug, world.web.slug]}
        row = make_dashboard(world, {"kind": "text", "text": "a"}, filters=filters)
        remove_project(gone)
        for client in (alice, bob):
            assert "project=web" in client.get(f"/dashboards/{row.pk}/")["Location"]
        row.refresh_from_db()
        assert content_of(row).filters.projects == [world.web.pk]

    def test_who_may_see_none_of_the_projects_is_told(self, world: World, bob: Client) -> None:
        """Its owner still opens it, and what is shown then is something else."""
        row = make_dashboard(
            world, {"kind": "text", "text": "a"}, owner=world.bob, filters={"projects": ["web"]}
        )
        said = "are hidden from you"
        assert said not in bob.get(f"/dashboards/{row.pk}/", follow=True).content.decode()
        held = Membership.objects.get(user=world.bob)
        held.sees_all = False
        held.save()
        ProjectMember.objects.create(membership=held, project=world.shop)
        assert said in bob.get(f"/dashboards/{row.pk}/", follow=True).content.decode()


class TestEditing:
    """Places, words, widgets."""

    def test_places_are_kept_and_settled(self, world: World, alice: Client) -> None:
        """By the numbers of the form, as without scripts."""
        row = make_dashboard(
            world, {"kind": "text", "title": "a", "text": "a"}, {"kind": "text", "text": "b"}
        )
        edit = f"/dashboards/{row.pk}/edit/"
        sent = fields_of(row, **{"x-1": 6, "y-1": 40, "w-1": 6, "h-1": 3})
        assert alice.post(edit, sent).status_code == 302
        row.refresh_from_db()
        place = content_of(row).widget(1)
        assert place is not None
        assert (place.place.x, place.place.y, place.place.w, place.place.h) == (6, 2, 6, 3)

    def test_a_widget_that_was_removed_meanwhile_is_not_lost(
        self, world: World, alice: Client
    ) -> None:
        """What was entered is still there, and saving again adds it."""
        row = make_dashboard(world, {"kind": "text", "text": "a"}, {"kind": "text", "text": "b"})
        alice.post(f"/dashboards/{row.pk}/edit/", fields_of(row, do="remove:2"))
        edit = f"/dashboards/{row.pk}/widgets/2/edit/"
        sent = {"kind": "text", "text": "long words", "revision": 1}
        answer = alice.post(edit, sent)
        assert answer.status_code == 409
        assert "long words" in answer.content.decode()
        assert alice.post(edit, {**sent, "revision": 2}).status_code == 302
        row.refresh_from_db()
        assert [one.options["text"] for one in content_of(row).widgets] == ["a", "long words"]

    def test_ones_own_dashboards_take_nobodys_room(
        self, world: World, alice: Client, bob: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody else sees them, so nobody could make room again."""
        monkeypatch.setattr(saving, "MOST_OF_AN_ORGANIZATION", 2)
        monkeypatch.setattr(saving, "MOST_OF_A_PERSON", 2)
        for _ in range(2):
            assert bob.post("/dashboards/new/", {"title": "mine"}).status_code == 302
        answer = bob.post("/dashboards/new/", {"title": "mine"})
        assert (answer.status_code, "of your own" in answer.content.decode()) == (400, True)
        shared = {"title": "ours", "shared": "yes"}
        for _ in range(2):
            assert alice.post("/dashboards/new/", shared).status_code == 302
        assert alice.post("/dashboards/new/", shared).status_code == 400
        mine = Dashboard.objects.filter(owner=world.bob).latest("pk")
        assert bob.post(f"/dashboards/{mine.pk}/change/", {"do": "share"}).status_code == 400

    @pytest.mark.parametrize("number", ["abc", "²", "9" * 5000])
    def test_what_is_no_number_is_no_failure(
        self, number: str, world: World, alice: Client
    ) -> None:
        """Of a widget, or of a revision."""
        row = make_dashboard(world, {"kind": "text", "text": "a"})
        edit = f"/dashboards/{row.pk}/edit/"
        assert alice.post(edit, fields_of(row, do=f"remove:{number}")).status_code == 404
        assert alice.post(edit, fields_of(row, revision=number)).status_code == 409
        sent = {"kind": "text", "text": "b", "revision": number}
        assert alice.post(f"/dashboards/{row.pk}/widgets/1/edit/", sent).status_code == 409

    @pytest.mark.parametrize("change", [{"x-1": "99"}, {"h-1": "-3"}, {"w-1": "x"}, {"title": " "}])
    def test_what_cannot_be_is_refused_in_words(
        self, change: dict[str, str], world: World, alice: Client
    ) -> None:
        """And nothing is changed."""
        row = make_dashboard(world, {"kind": "text", "text": "a"})
        answer = alice.post(f"/dashboards/{row.pk}/edit/", fields_of(row, **change))
        assert answer.status_code == 400
        assert row.revision == 1

    def test_a_change_of_somebody_else_is_not_lost(
        self, world: World, alice: Client, bob: Client
    ) -> None:
        """Who comes second is told, keeps what was entered, and decides."""
        row = make_dashboard(world, {"kind": "text", "title": "a", "text": "a"})
        edit = f"/dashboards/{row.pk}/edit/"
        mine = fields_of(row, title="Of Alice")
        bob.post(edit, fields_of(row, title="Of Bob"))
        answer = alice.post(edit, mine)
        body = answer.content.decode()
        assert answer.status_code == 409
        assert "changed by somebody else" in body
        assert 'value="Of Alice"' in body
        row.refresh_from_db()
        assert row.title == "Of Bob"
        revision = re.search(r'name="revision" value="(\d+)"', body)
        assert revision is not None
        alice.post(edit, {**mine, "revision": revision[1]})
        row.refresh_from_db()
        assert row.title == "Of Alice"

    def test_a_widget_is_added_changed_copied_and_removed(
        self, world: World, alice: Client
    ) -> None:
        """By forms alone."""
        row = make_dashboard(world)
        form = {"revision": 1, "kind": "top_list", "sent": "1", "title": "Types",
                "dataset": "errors", "group": "title, release", "figure": "count()",
                "limit": "3"}  # fmt: skip
        assert alice.post(f"/dashboards/{row.pk}/widgets/new/", form).status_code == 302
        row.refresh_from_db()
        (widget,) = content_of(row).widgets
        assert widget.whole_options["group"] == ["title", "release"]
        page = body_of(alice, f"/dashboards/{row.pk}/widgets/1/edit/")
        assert 'value="title, release"' in page
        form = {**form, "revision": 2, "title": "Kinds", "limit": "4"}
        alice.post(f"/dashboards/{row.pk}/widgets/1/edit/", form)
        alice.post(f"/dashboards/{row.pk}/edit/", fields_of(row, do="copy:1"))
        row.refresh_from_db()
        assert [one.title for one in content_of(row).widgets] == ["Kinds", "Kinds"]
        alice.post(f"/dashboards/{row.pk}/edit/", fields_of(row, do="remove:1"))
        row.refresh_from_db()
        assert [one.id for one in content_of(row).widgets] == [2]
        assert content_of(row).widgets[0].options["limit"] == 4

    def test_a_wrong_widget_is_not_kept(self, world: World, alice: Client) -> None:
        """The form says where, and has lost nothing."""
        row = make_dashboard(world)
        form = {"revision": 1, "kind": "series", "sent": "1", "figures": "p95(", "query": "a:(",
                "look": "line", "top": "5", "dataset": "errors", "group": ""}  # fmt: skip
        answer = alice.post(f"/dashboards/{row.pk}/widgets/new/", form)
        body = unescape(answer.content.decode())
        assert answer.status_code == 400
        assert "It is no figure, such as count() or p95(span.duration): p95(." in body
        assert "at character 3" in body
        assert 'value="p95("' in body
        row.refresh_from_db()
        assert content_of(row).widgets == []

    def test_the_preview_follows_the_form(self, world: World, alice: Client) -> None:
        """Right or wrong."""
        row = make_dashboard(world)
        form = {"kind": "number", "sent": "1", "dashboard": row.pk, "dataset": "errors",
                "figure": "count()", "query": "", "warning": "", "critical": "",
                "better": ""}  # fmt: skip
        answer = alice.post("/dashboards/preview/?period=24h", form)
        assert re.match(r"1\d$", words(answer.content.decode()))
        answer = alice.post("/dashboards/preview/?period=24h", {**form, "figure": "nope()"})
        assert "there is no function nope()" in words(answer.content.decode()).lower()

    def test_the_filter_of_the_address_is_kept_with_it(self, world: World, alice: Client) -> None:
        """So that it opens with it."""
        row = make_dashboard(world)
        address = f"/dashboards/{row.pk}/edit/?project=web&environment=production&period=7d"
        alice.post(address, fields_of(row, filter="here"))
        row.refresh_from_db()
        filters = content_of(row).filters
        assert (filters.projects, filters.environments) == ([world.web.pk], ["production"])
        assert filters.period == "7d"


class TestFiles:
    """JSON out and in, and from Explore."""

    def test_what_was_exported_is_imported(self, world: World, alice: Client) -> None:
        """As a file or pasted, the same comes out again."""
        row = make_dashboard(world, *EVERY_KIND, filters={"projects": ["web"], "period": "7d"})
        out = alice.get(f"/dashboards/{row.pk}/json/")
        assert "attachment" in out["Content-Disposition"]
        alice.post("/dashboards/import/", {"text": out.content.decode()})
        made = Dashboard.objects.latest("pk")
        assert made.pk != row.pk
        assert alice.get(f"/dashboards/{made.pk}/json/").content == out.content
        assert json.loads(out.content)["filters"]["projects"] == ["web"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "line 1, column 2"),
            ("[]", "an object with a title"),
            ('{"title": "a", "widgets": [{"kind": "pie"}]}', "widgets.0.kind"),
            ('{"title": "a", "filters": {"projects": ["till"]}}', "there is no project till"),
            ("[" * 100_000, "nested too deep"),
            (f'{{"title": "a", "widgets": {"9" * 5000}}}', "too many digits"),
            ('{"title": "a\\u0000"}', "no text may hold"),
        ],
    )
    def test_what_is_wrong_is_told_exactly(self, text: str, said: str, alice: Client) -> None:
        """And nothing is made."""
        answer = alice.post("/dashboards/import/", {"text": text})
        assert answer.status_code == 400
        assert said in unescape(answer.content.decode())
        assert not Dashboard.objects.exists()

    def test_a_question_of_explore_goes_onto_a_dashboard(self, world: World, alice: Client) -> None:
        """The page leads there, and the widget's form is filled in."""
        row = make_dashboard(world)
        question = "dataset=errors&group=title&figure=count()&query=level:error&period=24h"
        explore = body_of(alice, f"/explore/?{question}")
        (add,) = re.findall(r'href="(/dashboards/add/[^"]+)"', explore)
        page = body_of(alice, add)
        places = re.findall(rf'href="(/dashboards/{row.pk}/widgets/new/[^"]+)"', page)
        assert [parse_qs(urlsplit(one).query)["kind"] for one in places] == [
            ["series"],
            ["table"],
            ["top_list"],
        ]
        form = body_of(alice, places[0])
        assert 'value="title"' in form
        assert 'value="level:error"' in form
        answer = alice.post(add, {"title": "New one"})
        made = Dashboard.objects.get(title="New one")
        assert answer["Location"].startswith(f"/dashboards/{made.pk}/widgets/new/?kind=series")
