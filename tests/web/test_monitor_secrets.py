"""Secrets of monitors through the form: kept, hidden, removed, sent elsewhere by no trial."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.world import World
from vedette.monitors.kinds import secrets_of
from vedette.monitors.models import Monitor

_SECRET = "never-to-be-shown"
_FORM = {"name": "Shop", "field.url": "https://shop.example/health", "field.verify": "yes"}
_FORM |= {"field.follow": "yes", "field.method": "GET"}


@pytest.fixture
def shop(world: World, alice: Client) -> Monitor:
    """One with a token."""
    made = {**_FORM, "field.token": _SECRET, "do": "save"}
    assert alice.post("/monitors/new/?kind=http", made).status_code == 302
    monitor = Monitor.objects.get()
    assert secrets_of(monitor) == {"token": _SECRET}
    return monitor


_ELSEWHERE: list[dict[str, str]] = [
    {"field.url": "https://elsewhere.example/"},
    {"field.url": "http://shop.example/health"},
    {"field.verify": ""},
    {"field.headers": "Host: elsewhere.example"},
]


@pytest.mark.parametrize("do", ["try", "save"])
@pytest.mark.parametrize("change", _ELSEWHERE)
def test_a_secret_goes_nowhere_by_a_change(
    shop: Monitor, alice: Client, change: dict[str, str], do: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither when it is saved nor when it is tried: it has to be written again."""
    from vedette.web.pages.monitors import editing

    def never(*_: Any) -> None:
        raise AssertionError("it was tried with the secret that is set")

    monkeypatch.setattr(editing, "try_out", never)
    sent = {name: value for name, value in {**_FORM, **change, "do": do}.items() if value}
    body = alice.post(f"/monitors/{shop.pk}/edit/", sent).content.decode()
    assert "rite it again" in body
    assert _SECRET not in body
    assert Monitor.objects.get().settings == shop.settings


def test_a_secret_is_removed_by_its_box(shop: Monitor, alice: Client) -> None:
    """An empty field keeps it; the page never shows it."""
    page = f"/monitors/{shop.pk}/edit/"
    body = alice.get(page).content.decode()
    assert _SECRET not in body
    assert 'name="forget.token"' in body
    assert 'name="forget.password"' not in body
    alice.post(page, {**_FORM, "do": "save"})
    assert secrets_of(Monitor.objects.get()) == {"token": _SECRET}
    assert alice.post(page, {**_FORM, "forget.token": "yes", "do": "save"}).status_code == 302
    assert secrets_of(Monitor.objects.get()) == {}
    changed = {**_FORM, "field.user": "alice", "field.password": _SECRET, "do": "save"}
    assert alice.post(page, changed).status_code == 302
    assert secrets_of(Monitor.objects.get()) == {"password": _SECRET}
