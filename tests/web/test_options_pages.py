"""Settings that inherit, as people see and change them."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.web.world import World
from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.backups import noting
from vedette.config import Config
from vedette.control.choosing import choose, chosen_at
from vedette.control.for_pipeline import load_settings
from vedette.control.places import Place
from vedette.options import groups

SCRUBBING = groups()["scrubbing"]
PROJECT = "/projects/shop/settings/scrubbing/"


def test_what_is_set_above_is_shown_with_its_origin(world: World, alice: Client) -> None:
    """And the project's own value beside what it would be without it."""
    place = Place(organization=world.organization)
    choose(place, SCRUBBING, {"strict": True, "safe_fields": ["note"]}, who="a", via="form")
    alice.post(PROJECT, {"emails": "on"})
    page = alice.get(PROJECT).content.decode()
    assert "From the organisation" in page
    assert "Besides, from the organisation" in page
    assert "Inherited: on" in page
    assert "Set here; without it “off”, as it is by default." in page


def test_a_form_chooses_what_it_says_and_inherits_the_rest(world: World, alice: Client) -> None:
    """What is empty is inherited; the pipeline hears of it, and so does the log of changes."""
    answer = alice.post(
        PROJECT, {"strict": "off", "emails": "", "sensitive_fields": "pin\r\n iban \r\npin"}
    )
    assert answer.status_code == 302
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {
        "strict": False,
        "sensitive_fields": ["pin", "iban"],
    }
    assert load_settings(Config())[world.shop.pk].scrub.sensitive_fields == ("pin", "iban")
    page = alice.get(f"/settings/members/changes/{world.organization.slug}/").content.decode()
    assert "<del>inherited</del> → <ins>pin, iban</ins>" in page
    assert AuditEntry.objects.latest("pk").address


def test_two_who_save_at_once_undo_nothing_of_each_other(world: World, alice: Client) -> None:
    """What one left as the page showed it stays as the other has set it meanwhile."""
    place = Place(project=world.shop)
    choose(place, SCRUBBING, {"emails": True, "safe_fields": ["note"]}, who="a", via="form")
    page = alice.get(PROJECT).content.decode()
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found is not None
    shown = html.unescape(found[1])
    choose(place, SCRUBBING, {"emails": True, "safe_fields": ["note", "cart"]}, who="b", via="API")
    form = {"shown": shown, "emails": "", "strict": "on", "safe_fields": "note"}
    assert alice.post(PROJECT, form).status_code == 302
    assert chosen_at(place, SCRUBBING) == {"strict": True, "safe_fields": ["note", "cart"]}


def test_a_mistake_is_told_beside_its_field(world: World, alice: Client) -> None:
    """Nothing is saved, and what was typed stays."""
    answer = alice.post(PROJECT, {"strict": "perhaps", "safe_fields": "x" * 150})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "is true or false" in page
    assert "x" * 150 in page
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {}


def test_owners_set_what_holds_for_all_projects(world: World, alice: Client) -> None:
    """Of the organisation, and whoever manages the installation of that."""
    alice.post(f"/settings/organizations/{world.organization.slug}/scrubbing/", {"strict": "on"})
    alice.post("/settings/installation/scrubbing/", {"ip_addresses": "on"})
    scrub = load_settings(Config())[world.shop.pk].scrub
    assert (scrub.strict, scrub.ip_addresses) == (True, True)


def test_members_read_and_do_not_write(world: World, bob: Client) -> None:
    """They see what holds for a project, and whence, not the pages of those above it."""
    page = bob.get("/projects/web/settings/scrubbing/")
    assert page.status_code == 200
    assert "Owners and admins may change it" in page.content.decode()
    assert "/settings/organizations/" not in page.content.decode()
    organization = f"/settings/organizations/{world.organization.slug}/scrubbing/"
    for address in ("/projects/web/settings/scrubbing/", organization):
        assert bob.post(address, {"strict": "on"}).status_code == 403
    assert bob.get(organization).status_code == 403
    assert bob.get("/settings/installation/scrubbing/").status_code == 403


def test_a_group_that_is_none_is_not_found(world: World, alice: Client) -> None:
    """A word in an address is no group."""
    assert alice.get("/projects/shop/settings/nothing/").status_code == 404


def test_rules_are_tried_on_an_event_before_they_are_saved(world: World, alice: Client) -> None:
    """The page says what would stand where, and which rule did it; nothing is saved."""
    sample = '{"extra": {"note": "by ann@example.com", "password": "x"}}'
    form = {"rules": "mask email in extra.**", "sample": sample, "try": "1"}
    page = alice.post(PROJECT, form).content.decode()
    assert "2 values would be changed" in page
    assert "<code>extra.note</code>" in page
    assert "masked by scrubbing: mask email in extra.**" in page
    assert "replaced by scrubbing: @password:filter" in page
    assert "by ***************" in page
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {}


def test_what_is_no_event_is_told(alice: Client) -> None:
    """And one that is empty is an example."""
    for sample, words in (
        ("[1]", "An event is a JSON object"),
        ('{"a": ', "not the JSON of an event"),
        ("", "values would be changed"),
        ('{"message": "well"}', "Nothing would be changed"),
    ):
        page = alice.post(PROJECT, {"sample": sample, "try": "1"}).content.decode()
        assert words in page


def test_a_rule_that_is_none_is_told_beside_its_field(world: World, alice: Client) -> None:
    """Neither saved nor tried."""
    answer = alice.post(PROJECT, {"rules": "blur email", "try": "1"})
    assert answer.status_code == 400
    assert "is none of replace, mask" in answer.content.decode()
    alice.post(PROJECT, {"rules": "hash email\nmask creditcard"})
    made = load_settings(Config())[world.shop.pk].scrub
    assert made.rules == ("hash email", "mask creditcard")
    assert len(made.hash_key) == 32


def test_the_page_of_backups_says_what_was_taken_and_what_is_wrong(
    alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last ones with size and verification, when the next is due, and a failure in words."""
    config = dataclasses.replace(settings.CONFIG, data=tmp_path)
    monkeypatch.setattr(settings, "CONFIG", config)
    address = "/settings/installation/backups/"
    assert "None are taken by themselves" in alice.get(address).content.decode()
    assert alice.post(address, {"place": "backups"}).status_code == 400
    alice.post(address, {"place": "/mnt/backups"})
    taken = noting.Taken(
        name="20260301T120000Z",
        place="/mnt/backups",
        moment=clock.timestamp() - 60,
        seconds=3.0,
        size_bytes=3 << 20,
        written_bytes=1 << 20,
    )
    noting.add(tmp_path, taken)
    page = alice.get(address).content.decode()
    assert "20260301T120000Z" in page
    assert "3 MB" in page
    assert "not yet" in page
    assert "The next is due" in page
    noting.note_failure(tmp_path, "/mnt/backups: Permission denied")
    assert (
        "not to be relied on: /mnt/backups: Permission denied"
        in alice.get(address).content.decode()
    )


def test_only_who_manages_the_installation_sees_its_backups(bob: Client, charlie: Client) -> None:
    """Their places are nobody else's business."""
    for client in (bob, charlie):
        assert client.get("/settings/installation/backups/").status_code in (403, 404)
