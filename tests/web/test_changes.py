"""What is written down of changes, for those who manage members."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.world import World
from vedette.accounts.models import AuditEntry, Membership

HERE = "/settings/members/changes/lantern/"
SETTINGS = "/projects/shop/settings/"


@pytest.mark.parametrize(("name", "words"), [("Till", "shop: changed name"), ("Lantern shop", "")])
def test_settings_of_a_project_are_written_down(
    world: World, alice: Client, name: str, words: str
) -> None:
    """Where there is something new."""
    alice.post(SETTINGS, {"name": world.shop.name if not words else name})
    entries = AuditEntry.objects.filter(organization=world.organization)
    assert [entry.what for entry in entries] == ([words] if words else [])
    assert words in alice.get(HERE).content.decode()


def test_keys_sight_and_new_projects_are_written_down(world: World, alice: Client) -> None:
    """With who did it; never the key itself."""
    alice.post("/projects/shop/keys/", {"label": "Staging"})
    key = world.shop.keys.get(label="Staging")
    address = f"/projects/shop/keys/{key.pk}/"
    alice.post(address, {"label": "Staging", "active": "no"})
    alice.post(address, {"label": "Staging"})
    bobs = Membership.objects.get(user=world.bob).pk
    alice.post(SETTINGS, {"form": "members", "listed": bobs})
    alice.post("/projects/new/", {"name": "Later", "platform": "python"})
    entries = AuditEntry.objects.filter(organization=world.organization).order_by("pk")
    assert [(entry.who, entry.what) for entry in entries] == [
        ("alice@example.com", "shop: made the key Staging"),
        (
            "alice@example.com",
            "shop: key Staging is now Staging, disabled, for ever",
        ),
        ("alice@example.com", "shop: other sight for bob@example.com"),
        ("alice@example.com", "made the project later"),
    ]
    assert key.public_key not in alice.get(HERE).content.decode()


def test_all_changes_are_there_to_be_read_by_who_manages_members(
    world: World, alice: Client, bob: Client, charlie: Client
) -> None:
    """However many came after it: in pages, the newest first."""
    AuditEntry.objects.bulk_create(
        AuditEntry(organization=world.organization, who="a", address="", what=f"change {number}.")
        for number in range(150)
    )
    first = alice.get(HERE).content.decode()
    assert "change 149." in first
    assert "change 0." not in first
    assert "change 0." in alice.get(HERE, {"cursor": "o:100"}).content.decode()
    assert HERE in alice.get("/settings/members/").content.decode()
    assert bob.get(HERE).status_code == 403
    assert charlie.get(HERE).status_code in (403, 404)
