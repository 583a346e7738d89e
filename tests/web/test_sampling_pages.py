"""Sampling as people see, try and set it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.web.world import World
from vedette import clock
from vedette.config import Config
from vedette.control import sampling
from vedette.control.choosing import choose, chosen_at
from vedette.control.for_pipeline import load_settings
from vedette.control.models import KnownTransactions
from vedette.control.places import Place
from vedette.options import groups
from vedette.store.access import store

SAMPLING = groups()["sampling"]
PAGE = "/projects/shop/settings/sampling/"


def test_a_preview_says_what_would_be_kept(world: World, alice: Client) -> None:
    """By rule, of what began in the last week; nothing is saved."""
    sent = {"rules": "20% transaction:/till\n50%", "preview": "1"}
    page = alice.post(PAGE, sent).content.decode()
    assert "These rules would keep about 20 % of what begins" in page
    assert "<code>20% transaction:/till</code>" in page
    assert "100 %" in page
    assert chosen_at(Place(project=world.shop), SAMPLING) == {}


def test_what_arrives_is_told(world: World, alice: Client) -> None:
    """A day of the last week, with how much of it is kept."""
    world.stage.count(world.shop, "accepted", 6999, category="transaction")
    world.stage.count(world.shop, "filtered", 14_000, category="transaction", reason="sampling")
    page = alice.get(PAGE).content.decode()
    assert "3,000 transactions a day arrived in the last week" in page
    assert "1,000 of them were kept (33.3 %)" in page


def test_what_is_new_by_the_preview(world: World, alice: Client) -> None:
    """The one name there is has begun within a day."""
    page = alice.post(PAGE, {"rules": "100% is:new\n0%", "preview": "1"}).content.decode()
    assert "about 100 %" in page


def test_what_is_saved_reaches_the_pipeline(world: World, alice: Client) -> None:
    """With the keys of all projects of the organisation, by which heads of traces are known."""
    assert load_settings(Config())[world.web.pk].trace_keys == ()
    alice.post(PAGE, {"rules": "100% is:new\n10%"})
    settings = load_settings(Config())
    shop, web = settings[world.shop.pk], settings[world.web.pk]
    assert (shop.sampling, shop.known_transactions) == (("100% is:new", "10%"), None)
    assert shop.trace_keys == (world.key.public_key,)
    assert web.sampling == ()
    assert web.trace_keys
    assert web.organization_id == shop.organization_id


def test_names_are_known_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of projects that ask for it; too many names are none."""
    place = Place(project=world.shop)
    assert sampling.look(store(), Config()) == 0
    choose(place, SAMPLING, {"rules": ["100% is:new", "1%"]}, who="a", via="form")
    assert sampling.look(store(), Config()) == 1
    assert load_settings(Config())[world.shop.pk].known_transactions == frozenset()
    tomorrow = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    sampling.look(store(), Config())
    assert load_settings(Config())[world.shop.pk].known_transactions == frozenset({"/till"})
    monkeypatch.setattr(sampling, "MOST_NAMES", 0)
    sampling.look(store(), Config())
    assert load_settings(Config())[world.shop.pk].known_transactions is None
    choose(place, SAMPLING, {}, who="a", via="form")
    sampling.look(store(), Config())
    assert not KnownTransactions.objects.exists()


def test_a_project_without_traces_has_nothing_to_try(world: World, alice: Client) -> None:
    """It is said."""
    page = alice.post("/projects/web/settings/sampling/", {"rules": "1%", "preview": "1"})
    assert "Nothing began in the last week" in page.content.decode()


def test_advice_keeps_within_the_limit(world: World, alice: Client) -> None:
    """By what arrives a day, for a month of 31."""
    place = Place(project=world.shop)
    limits = {"transaction": {"month": 31_000, "day": 9_000}}
    choose(place, groups()["quotas"], {"limits": limits}, who="a", via="form")
    world.stage.count(world.shop, "accepted", 34_999, category="transaction")
    page = alice.get(PAGE).content.decode()
    assert "At this rate 20 % keeps you under the limit of 31,000 transactions a month" in page
    assert "the limit of 9,000 transactions a day lasts with everything kept" in page
