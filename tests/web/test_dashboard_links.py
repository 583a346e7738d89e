"""Secret links: what they show, to whom, and when they show nothing any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from tests.web.dashboards import EVERY_KIND, make_dashboard
from tests.web.world import World
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.dashboards import answering, saving
from vedette.dashboards.models import Dashboard, DashboardLink
from vedette.store.errors import StoreBusy, StoreError
from vedette.web.deadline import TooSlow
from vedette.web.pages.dashboards import shared


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    answering.answers.forget()


@pytest.fixture
def row(world: World) -> Dashboard:
    """A shared dashboard with a widget of every kind."""
    return make_dashboard(world, *EVERY_KIND)


def make(client: Client, row: Dashboard, *projects: int, period: str = "24h") -> str:
    """A link, made as a person does."""
    sent = {"project": list(projects), "period": period, "environments": "", "releases": ""}
    answer = client.post(f"/dashboards/{row.pk}/links/", sent)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    found = re.search(r"(/shared/dashboards/[\w-]+/)</code>", answer.content.decode())
    assert found is not None
    return found[1]


def shown(client: Client, link: str) -> str:
    """The words of the whole page."""
    answer = client.get(link, {"whole": "1"})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def test_a_stranger_with_the_link_sees_the_dashboard(
    world: World, row: Dashboard, alice: Client, nobody: Client
) -> None:
    """Without a way into the product, and in nobody's index."""
    link = make(alice, row, world.shop.pk, world.web.pk)
    answer = nobody.get(link, {"whole": "1"})
    body = answer.content.decode()
    assert "PaymentFailed" in body
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"
    inside = [one for one in re.findall(r'href="([^"]+)"', body) if "/static/" not in one]
    assert set(inside) <= {"?whole=1", "#"}
    for src in re.findall(r'data-src="([^"]+)"', nobody.get(link).content.decode()):
        part = nobody.get(src)
        assert part.status_code == 200
        assert part["Referrer-Policy"] == "no-referrer"
    assert nobody.post(link).status_code == 405


def test_only_the_chosen_projects_are_shown(
    world: World, row: Dashboard, alice: Client, nobody: Client
) -> None:
    """Whatever the address says."""
    link = make(alice, row, world.web.pk)
    assert "PaymentFailed" not in shown(nobody, link)
    assert "PaymentFailed" not in shown(nobody, f"{link}?project={world.shop.pk}")
    assert "PaymentFailed" not in shown(alice, link)  # not to her either: it is her link


def test_nobody_shares_what_is_not_theirs(world: World, row: Dashboard, bob: Client) -> None:
    """Neither a project that is hidden from them, nor nothing."""
    _limit_bob(world)
    links = f"/dashboards/{row.pk}/links/"
    assert bob.post(links, {"project": [world.shop.pk], "period": "24h"}).status_code == 404
    assert bob.post(links, {"project": [], "period": "24h"}).status_code == 400
    assert not DashboardLink.objects.exists()


def _limit_bob(world: World) -> None:
    """Bob sees the other project alone from now on."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)


def test_a_link_shows_no_more_than_its_creator_may_see_now(
    world: World, row: Dashboard, bob: Client, nobody: Client
) -> None:
    """What was taken from Bob is gone from his link at the next look, kept answers or not."""
    link = make(bob, row, world.shop.pk, world.web.pk)
    assert "PaymentFailed" in shown(nobody, link)
    _limit_bob(world)
    assert "PaymentFailed" not in shown(nobody, link)
    assert nobody.get(link).status_code == 200


def _leaves(world: World, row: Dashboard) -> None:
    Membership.objects.filter(user=world.bob).delete()


def _deactivated(world: World, row: Dashboard) -> None:
    type(world.bob).objects.filter(pk=world.bob.pk).update(is_active=False)


def _made_private(world: World, row: Dashboard) -> None:
    saving.change(row, revision=row.revision, is_shared=False)


def _removed(world: World, row: Dashboard) -> None:
    row.delete()


def _ended(world: World, row: Dashboard) -> None:
    row.links.all().delete()


@pytest.mark.parametrize(
    "change", [_leaves, _deactivated, _made_private, _removed, _ended], ids=lambda one: one.__name__
)
def test_a_link_dies_with_the_right_to_it(
    change: Callable[[World, Dashboard], None],
    world: World,
    row: Dashboard,
    bob: Client,
    nobody: Client,
) -> None:
    """The page and each of its tiles."""
    link = make(bob, row, world.shop.pk)
    assert nobody.get(link).status_code == 200
    change(world, row)
    for path in (link, f"{link}widgets/2/"):
        answer = nobody.get(path)
        assert answer.status_code == 404
        assert "PaymentFailed" not in answer.content.decode()


def test_a_link_ends_where_its_creator_may_not_open_the_dashboard_any_more(
    world: World, bob: Client, nobody: Client
) -> None:
    """Its filter names a project that was hidden from them: neither title nor widgets are shown."""
    row = make_dashboard(world, *EVERY_KIND, filters={"projects": ["shop"], "period": "24h"})
    link = make(bob, row, world.shop.pk, world.web.pk)
    assert "Till" in shown(nobody, link)
    _limit_bob(world)
    assert nobody.get(link).status_code == 404


def test_who_comes_back_finds_no_link_alive(
    world: World, row: Dashboard, bob: Client, nobody: Client
) -> None:
    """It ended when the person left."""
    link = make(bob, row, world.shop.pk)
    _leaves(world, row)
    Membership.objects.create(organization=world.organization, user=world.bob)
    assert nobody.get(link).status_code == 404


def test_a_search_for_ones_own_issues_finds_none_by_a_link(
    world: World, alice: Client, nobody: Client
) -> None:
    """Whoever looks is nobody."""
    board = make_dashboard(world, {"kind": "issue_list", "query": "assigned:me"})
    assert "Nothing in this time." in shown(nobody, make(alice, board, world.shop.pk))


def test_its_creator_and_owners_end_a_link(
    world: World, row: Dashboard, alice: Client, bob: Client, nobody: Client
) -> None:
    """Bob his own, Alice any, Bob none of hers."""
    hers, his = make(alice, row, world.web.pk), make(bob, row, world.web.pk)
    links = f"/dashboards/{row.pk}/links/"
    of_alice, of_bob = DashboardLink.objects.order_by("pk")
    assert bob.post(links, {"end": of_alice.pk}).status_code == 400
    assert nobody.get(hers).status_code == 200
    assert bob.post(links, {"end": of_bob.pk}).status_code == 302
    assert nobody.get(his).status_code == 404
    assert alice.post(links, {"end": of_alice.pk}).status_code == 302
    assert nobody.get(hers).status_code == 404


def test_the_secret_is_kept_nowhere(world: World, row: Dashboard, alice: Client) -> None:
    """Neither in the database nor on the page when it is opened again."""
    secret = make(alice, row, world.web.pk).split("/")[-2]
    assert len(secret) >= 43
    assert secret not in str(list(DashboardLink.objects.values()))
    assert secret not in alice.get(f"/dashboards/{row.pk}/links/").content.decode()


@pytest.mark.parametrize("error", [StoreBusy("busy"), StoreError("away"), TooSlow("slow")])
def test_no_log_names_the_secret(
    error: Exception, world: World, row: Dashboard, alice: Client, nobody: Client,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Whatever goes wrong."""
    link = make(alice, row, world.shop.pk)

    def fail(secret: str) -> None:
        raise error

    monkeypatch.setattr(shared, "open_link", fail)
    assert nobody.get(link).status_code >= 400
    logged = [one.getMessage() for one in caplog.records if one.name.startswith("vedette")]
    assert logged
    assert not any(link.split("/")[3] in one for one in logged)


@pytest.mark.parametrize("secret", ["x", "0" * 43, "a" * 5000, "%00", "..%2f"])
def test_an_invented_link_is_nothing(secret: str, world: World, nobody: Client) -> None:
    """404, whatever it is made of."""
    assert nobody.get(f"/shared/dashboards/{secret}/").status_code in (400, 404)
