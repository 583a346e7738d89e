"""Secrets whose key is not there any more, after half a restore for instance."""

from __future__ import annotations

import pyotp
from django.db import connection
from django.test import Client

from tests.web.status_pages import status_page_of
from tests.web.watched import forgetting_of
from tests.web.world import World
from vedette import clock
from vedette.accounts import two_factor
from vedette.alerts.models import Channel, OutboxMessage
from vedette.connections.secrets import secrets_of
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.kinds import secrets_of as secrets_of_monitor
from vedette.monitors.models import Monitor
from vedette.statuspages.models import StatusPage
from vedette.storage.models import Forgetting


def lose(table: str, column: str) -> None:
    """What every row of a table holds from now on."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = 'lost'")


def test_the_secret_of_a_channel_is_written_anew_on_its_page(world: World, alice: Client) -> None:
    """All pages of the channel are there, also with what failed; left empty, it stays missing."""
    channel = Channel.objects.create(
        organization=world.organization, slug="tele", name="Telegram", kind="telegram",
        settings={"chat": "-100123"}, secrets='{"token": "123456:abcdefgh"}',
        broken_at=clock.now(), broken_why="401",
    )  # fmt: skip
    OutboxMessage.objects.create(
        organization=world.organization, channel=channel, kind="notice", content={},
        identity="one", state="waiting", tries=2, last_error="401",
    )  # fmt: skip
    lose("alerts_channel", "secrets")
    for page in ("", f"{channel.pk}/", f"{channel.pk}/deliveries/"):
        assert alice.get(f"/alerts/channels/{page}").status_code == 200, page
    sent = {"name": "Telegram", "kind": "telegram", "field.chat": "-100123", "field.token": "",
            "enabled": "yes", "do": "save"}  # fmt: skip
    page = f"/alerts/channels/{channel.pk}/"
    assert alice.post(page, sent).status_code == 400
    assert alice.post(page, {**sent, "field.token": "123456:anew"}).status_code == 302
    assert secrets_of(Channel.objects.get(pk=channel.pk)) == {"token": "123456:anew"}


def test_the_secret_of_a_monitor_is_written_anew_in_its_form(world: World, alice: Client) -> None:
    """The form is there and says that it is missing; a change of the rest leaves it as it is."""
    entry = {"name": "Shop", "kind": "http", "url": "https://shop.example.com/", "token": "abc"}
    draft, problems = read_draft(entry)
    assert problems == []
    monitor = saving.create(world.shop, draft)
    lose("monitors_monitor", "secrets")
    page = f"/monitors/{monitor.pk}/edit/"
    assert alice.get(page).status_code == 200
    assert alice.get(f"/monitors/{monitor.pk}/").status_code == 200
    sent = {"name": "Renamed", "field.url": entry["url"], "field.method": "GET", "do": "save"}
    sent |= {"field.verify": "yes", "field.follow": "yes"}
    assert alice.post(page, sent).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, secrets FROM monitors_monitor WHERE id = %s", [monitor.pk])
        assert cursor.fetchone() == ("Renamed", "lost")
    assert alice.post(page, {**sent, "field.token": "anew"}).status_code == 302
    assert secrets_of_monitor(Monitor.objects.get(pk=monitor.pk)) == {"token": "anew"}


def test_a_private_status_page_whose_key_is_lost_gets_another(world: World, alice: Client) -> None:
    """Meanwhile nothing opens it, least of all no key; the page with the link says so."""
    page = status_page_of(world)
    StatusPage.objects.filter(pk=page.pk).update(is_public=False)
    lose("statuspages_statuspage", "token")
    stranger = Client()
    for where in (f"/status/{page.slug}/", f"/status/{page.slug}/?key="):
        assert stranger.get(where).status_code in (403, 404), where
    links = f"/monitors/status-pages/{page.pk}/links/"
    assert "cannot be read" in alice.get(links).content.decode()
    assert alice.post(links).status_code == 302
    token = StatusPage.objects.get(pk=page.pk).token
    assert stranger.get(f"/status/{page.slug}/?key={token}", follow=True).status_code == 200


def test_one_who_cannot_be_named_keeps_no_other_from_being_forgotten(
    world: World, alice: Client
) -> None:
    """The request says that it cannot go on, and the next one goes on."""
    from vedette.storage import forgetting

    first = forgetting_of(world)
    Forgetting.objects.update(state=Forgetting.State.LOOKING)
    lose("storage_forgetting", "identity")
    second = forgetting.ask_to_forget(world.organization, "id", "7", by="ada@example.com")
    asked = []

    class Search:
        def __init__(self, house: object, one: Forgetting) -> None:
            asked.append(str(one.identity))

        def counts(self) -> dict[str, int]:
            return {"events": 1}

    before, forgetting.PersonSearch = forgetting.PersonSearch, Search  # type: ignore
    try:
        forgetting.work(None)  # type: ignore[arg-type]
    finally:
        forgetting.PersonSearch = before  # type: ignore[misc]
    assert asked == ["7"]
    second.refresh_from_db()
    assert second.state == Forgetting.State.FOUND
    where = f"/organizations/{world.organization.slug}/forget/{first.pk}/"
    body = alice.get(where).content.decode()
    assert "cannot be read" in body


def test_a_recovery_code_goes_on_working(world: World) -> None:
    """The app's codes are right no more; whoever kept those for recovery signs in."""
    secret = two_factor.new_secret()
    codes = two_factor.turn_on(world.alice, secret, pyotp.TOTP(secret).now())
    lose("accounts_twofactor", "secret")
    assert not two_factor.use_code(world.alice, "123456")
    assert two_factor.use_code(world.alice, codes[0])
