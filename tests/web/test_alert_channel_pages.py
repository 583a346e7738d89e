"""Channels and routes: made, changed and tried; secrets are never shown again."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.alerting import SECRET, channel_of, route_of
from tests.web.test_alert_pages import text
from tests.web.world import World
from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.alerts.models import AlertRoute, Channel, DeliveryTry, OutboxMessage
from vedette.channels import ChannelKind, channels
from vedette.connections.secrets import settings_of

WEBHOOK = {
    "name": "Ops", "field.url": "https://ops.example/in", "field.secret": SECRET,
    "most_messages": "20", "enabled": "yes", "do": "save",
}  # fmt: skip


@pytest.mark.parametrize("kind", list(channels().values()), ids=lambda one: one.name)
def test_every_kind_has_a_form(kind: ChannelKind, world: World, alice: Client) -> None:
    """With all of its fields; an empty one says what is needed and saves nothing."""
    page = f"/alerts/channels/new/?kind={kind.name}"
    body = text(alice.get(page))
    for field in kind.fields:
        assert field.label in body
    answer = alice.post(page, {"name": "", "enabled": "yes", "do": "save"})
    assert answer.status_code == 400
    assert not Channel.objects.exists()


def test_a_channel_is_added_and_leads_to_its_test(world: World, alice: Client) -> None:
    """Its secret is kept, and never shown."""
    answer = alice.post("/alerts/channels/new/?kind=webhook", WEBHOOK)
    channel = Channel.objects.get()
    assert answer["Location"] == f"/alerts/channels/{channel.pk}/"
    assert settings_of(channel)["secret"] == SECRET
    html = alice.get(answer["Location"]).content.decode()
    assert SECRET not in html
    assert "set; leave empty to keep it" in html
    assert "not tried yet" in text(alice.get("/alerts/channels/"))
    assert AuditEntry.objects.filter(what__contains="made the channel ops").exists()


def test_an_empty_secret_keeps_the_one_that_is_set(world: World, alice: Client) -> None:
    """Another one replaces it; a mistake loses nothing that was written."""
    channel = channel_of(world)
    page = f"/alerts/channels/{channel.pk}/"
    alice.post(page, {**WEBHOOK, "field.secret": "", "name": "Operations"})
    channel.refresh_from_db()
    assert channel.name == "Operations"
    assert channel.slug == "ops"
    assert settings_of(channel)["secret"] == SECRET
    alice.post(page, {**WEBHOOK, "field.secret": "another-secret"})
    channel.refresh_from_db()
    assert settings_of(channel)["secret"] == "another-secret"
    wrong = alice.post(page, {**WEBHOOK, "field.url": "", "name": "Kept"})
    assert "Address is needed" in text(wrong, 400)
    assert 'value="Kept"' in wrong.content.decode()


def test_a_test_message_goes_the_way_of_all_messages(world: World, alice: Client) -> None:
    """It waits in the outbox; the page asks for its outcome until there is one."""
    channel = channel_of(world)
    page = f"/alerts/channels/{channel.pk}/"
    assert alice.post(page, {"do": "test"}).status_code == 302
    message = OutboxMessage.objects.get()
    assert (message.kind, message.state, message.channel) == ("test", "waiting", channel)
    html = alice.get(page).content.decode()
    assert "A message is on its way" in html
    assert 'hx-trigger="every 2s"' in html
    DeliveryTry.objects.create(message=message, status=200, answer="ok then", is_done=True)
    OutboxMessage.objects.update(state="sent", sent_at=clock.now())
    fragment = alice.get(f"{page}deliveries/")
    assert "ok then" in text(fragment)
    assert "hx-trigger" not in fragment.content.decode()
    assert "works" in text(alice.get("/alerts/channels/"))


def test_a_broken_channel_says_since_when_and_why(world: World, alice: Client) -> None:
    """Without its secret; a test that arrives mends it, one that fails does not."""
    channel = channel_of(world)
    Channel.objects.update(broken_at=clock.now(), broken_why=f"401: {SECRET} is wrong")
    page = f"/alerts/channels/{channel.pk}/"
    for address in (page, "/alerts/channels/"):
        answer = alice.get(address)
        assert "broken" in text(answer)
        assert "[secret] is wrong" in text(answer)
        assert SECRET not in answer.content.decode()
    alice.post(page, {"do": "test"})
    OutboxMessage.objects.update(state="failed")
    assert "broken" in text(alice.get(page))
    OutboxMessage.objects.update(state="sent", sent_at=clock.now())
    alice.get(f"{page}deliveries/")
    channel.refresh_from_db()
    assert channel.broken_at is None


def test_removing_a_channel_asks_for_its_name(world: World, alice: Client) -> None:
    """Then it is gone, and the route that named it says so."""
    channel = channel_of(world)
    route_of(world)
    page = f"/alerts/channels/{channel.pk}/"
    assert alice.post(page, {"do": "remove", "confirm": "x"}).status_code == 400
    alice.post(page, {"do": "remove", "confirm": "Ops"})
    assert not Channel.objects.exists()
    assert "There is no such channel any more" in alice.get("/alerts/routes/").content.decode()


def test_two_channels_of_one_name_are_two(world: World, alice: Client) -> None:
    """Adding one never writes over another."""
    for _ in range(2):
        alice.post("/alerts/channels/new/?kind=webhook", WEBHOOK)
    assert sorted(Channel.objects.values_list("slug", flat=True)) == ["ops", "ops-2"]


def test_a_route_is_made_changed_and_removed(world: World, alice: Client) -> None:
    """With everything that a file can say."""
    channel_of(world)
    sent = {
        "id": "On call", "order": "5", "match": "level=critical\nproject=shop", "channels": ["ops"],
        "group_by": "project, rule", "wait": "30s", "interval": "5m", "repeat": "2h",
        "mute": "Sat-Sun\nMon-Fri 18:00-08:00 Europe/Berlin", "continue": "yes", "do": "save",
    }  # fmt: skip
    assert alice.post("/alerts/routes/new/", sent).status_code == 302
    route = AlertRoute.objects.get()
    assert (route.slug, route.order, route.wait, route.interval) == ("on-call", 5, 30, 300)
    assert route.matchers == ["level=critical", "project=shop"]
    assert route.group_by == ["project", "rule"]
    assert len(route.mute) == 2
    assert route.goes_on
    body = text(alice.get("/alerts/routes/"))
    assert "level=critical" in body
    assert "Ops" in body
    assert "waits 30 seconds" in body
    page = f"/alerts/routes/{route.pk}/"
    alice.post(page, {**sent, "match": "", "order": "-1", "continue": ""})
    route.refresh_from_db()
    assert (route.slug, route.matchers, route.order, route.goes_on) == ("on-call", [], -1, False)
    alice.post(page, {"do": "remove"})
    assert not AlertRoute.objects.exists()


def test_mistakes_of_a_route_stand_beside_their_fields(world: World, alice: Client) -> None:
    """All at once; what was written stays."""
    sent = {"id": "a", "match": "nonsense", "mute": "someday", "wait": "soon", "do": "save"}
    answer = alice.post("/alerts/routes/new/", sent)
    body = text(answer, 400)
    for words in ("is no matcher", "is no time of the week", "is no span of time", "Say where"):
        assert words in body
    assert "nonsense</textarea>" in answer.content.decode()
    assert not AlertRoute.objects.exists()


def test_the_first_route_that_fits_is_first_in_the_list(world: World, alice: Client) -> None:
    """By their order."""
    channel_of(world)
    for name, order in (("later", 50), ("sooner", 3)):
        sent = {"id": name, "order": str(order), "channels": ["ops"], "do": "save"}
        alice.post("/alerts/routes/new/", sent)
    body = text(alice.get("/alerts/routes/"))
    assert body.index("sooner") < body.index("later")


def test_a_channel_that_does_not_answer_says_so(world: World, alice: Client) -> None:
    """Since when, how many wait, and what it said last, without its secret; a pause likewise."""
    from datetime import timedelta

    from vedette.alerts.testing import send_test

    channel = channel_of(world)
    first = send_test(channel, None)
    send_test(channel, None)
    OutboxMessage.objects.filter(pk=first.pk).update(
        tries=3, created_at=clock.now() - timedelta(minutes=20), last_error=f"no {SECRET} today"
    )
    for page in ("/alerts/channels/", f"/alerts/channels/{channel.pk}/"):
        shown = text(alice.get(page))
        assert "does not answer" in shown
        assert "not tried yet" not in shown
        assert "2 messages since" in shown
        assert "no [secret] today" in shown
    Channel.objects.update(paused_until=clock.now() + timedelta(minutes=10))
    assert "paused" in text(alice.get("/alerts/channels/"))
    assert "asked for a pause until" in text(alice.get(f"/alerts/channels/{channel.pk}/"))
