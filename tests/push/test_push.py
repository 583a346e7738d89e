"""Push messages: to the browsers of people whom something concerns, until they are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client

from tests.alerts.conftest import fetcher, make, project
from tests.reactions.seen import event
from tests.sink import Reply, Sink
from tests.trackers.conftest import domain, wait
from vedette import clock
from vedette.push.encryption import CURVE, encoded, point_of
from vedette.push.models import PushMessage, PushSubscription

__all__ = ["domain", "fetcher", "make", "project", "wait"]

RULES = """
channels:
  - {id: people, name: People, kind: members}
rules:
  - {name: New, project: shop, source: issue, measure: {edge: first_seen}, levels: critical,
     notify: [people]}
"""
SECRET = bytes(range(16))


@pytest.fixture
def service() -> Iterator[Sink]:
    """A push service that takes everything."""
    with Sink(lambda _received: Reply(status=201, body=b"")) as made:
        yield made


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    """The browser's key."""
    return ec.generate_private_key(CURVE)


@pytest.fixture
def browser(project: Any, service: Sink, key: ec.EllipticCurvePrivateKey) -> PushSubscription:
    """Ada's browser."""
    from vedette.accounts.models import User
    from vedette.push.subscribing import subscribe

    ada = User.objects.get(email="ada@example.com")
    public = encoded(point_of(key))
    return subscribe(ada, f"{service.url}/p/1", public, encoded(SECRET), "Firefox on Linux")


@pytest.fixture
def happens(domain: Any, project: Any, make: Any, fetcher: Any) -> Any:
    """New issues; what waits is handed over."""
    make(RULES)
    position = [0]

    def go_on(*groups: int) -> None:
        from vedette.alerts.delivery import deliver_due

        position[0] += 1
        facts = [event(project, group, clock.timestamp()) for group in groups]
        domain.apply(facts, writer="w", position=position[0])
        while deliver_due(fetcher):
            pass

    return go_on


def push(fetcher: Any) -> int:
    """Hand over whatever is due; returns how many messages were tried."""
    from vedette.push.sending import authorizer, claim, hand_over

    tried = 0
    while found := claim(clock.now()):
        for message in found:
            hand_over(message, fetcher, authorizer(clock.now()))
        tried += len(found)
    return tried


def opened(body: bytes, key: ec.EllipticCurvePrivateKey) -> Any:
    """The message as the browser opens it."""
    salt, length = body[:16], body[20]
    theirs = body[21 : 21 + length]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))

    def derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)

    material = derive(shared, SECRET, b"WebPush: info\0" + point_of(key) + theirs, 32)
    content = derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(material, salt, b"Content-Encoding: nonce\0", 12)
    plain = AESGCM(content).decrypt(nonce, body[21 + length :], None)
    assert plain[-1:] == b"\x02"
    return json.loads(plain[:-1])


def test_an_alert_is_pushed_to_the_browser(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink, key: Any
) -> None:
    """Once, encrypted for it, urgent, with the address of the alert."""
    happens(1)
    push(fetcher)
    push(fetcher)
    (sent,) = service.received
    assert sent.path == "/p/1"
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert sent.headers["urgency"] == "high"
    assert int(sent.headers["ttl"]) > 0
    assert len(sent.headers["topic"]) <= 32
    assert sent.headers["authorization"].startswith("vapid t=")
    assert b"LampError" not in sent.body
    told = opened(sent.body, key)
    assert "LampError: fell" in told["title"]
    assert "/alerts/" in told["url"]
    assert not PushMessage.objects.exists()


def test_a_large_message_stays_small(
    browser: PushSubscription, fetcher: Any, service: Sink, key: Any
) -> None:
    """Three kilobytes, whatever was reported."""
    from vedette.push.sending import payload_of

    content = {"title": "é" * 4000, "body": "漢" * 4000, "url": "https://v.example/", "tag": "t"}
    data = payload_of(content)
    assert len(data) <= 3000
    assert json.loads(data)["url"] == content["url"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink, status: int
) -> None:
    """With what waited for it."""
    service.reply = lambda _received: Reply(status=status)
    happens(1)
    push(fetcher)
    assert not PushSubscription.objects.exists()
    assert not PushMessage.objects.exists()


def test_a_service_that_is_busy_is_asked_again(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink, wait: Any
) -> None:
    """After the pause that it wants; what is too old is dropped."""
    service.reply = lambda _received: Reply(status=429, headers={"retry-after": "90"})
    happens(1)
    assert push(fetcher) == 1
    wait(seconds=80)
    assert push(fetcher) == 0
    service.reply = lambda _received: Reply(status=201)
    wait(seconds=20)
    assert push(fetcher) == 1
    assert not PushMessage.objects.exists()
    service.reply = lambda _received: Reply(status=500)
    happens(2)
    push(fetcher)
    wait(hours=13)
    assert push(fetcher) == 0
    assert not PushMessage.objects.exists()


def test_a_refusal_is_shown_and_not_repeated(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink
) -> None:
    """The person sees the words beside their browser."""
    service.reply = lambda _received: Reply(status=403, body=b"wrong key")
    happens(1)
    push(fetcher)
    browser.refresh_from_db()
    assert "403: wrong key" in browser.last_error
    assert push(fetcher) == 0


def test_quiet_hours_hold_and_who_wants_none_gets_none(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink, wait: Any
) -> None:
    """As for mails; somebody who left the organisation gets nothing that waited."""
    from vedette.alerts.models import PersonalSettings

    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    held = PersonalSettings.objects.create(user=browser.user, quiet=[days[clock.now().weekday()]])
    happens(1)
    assert push(fetcher) == 0
    wait(hours=24 - clock.now().hour)  # what waited for half a day is news no more
    assert push(fetcher) == 1
    held.quiet, held.alerts = [], "none"
    held.save()
    happens(2)
    assert push(fetcher) == 0
    held.alerts = "all"
    held.save()
    happens(3)
    browser.user.memberships.all().delete()
    assert push(fetcher) == 0
    assert not PushMessage.objects.exists()


def test_addresses_in_the_house_are_refused(
    browser: PushSubscription, happens: Any, service: Sink
) -> None:
    """A browser's address is whatever its person says."""
    from vedette.outgoing.fetcher import Fetcher

    happens(1)
    push(Fetcher())
    assert not service.received
    browser.refresh_from_db()
    assert "refused" in browser.last_error


def test_a_browser_belongs_to_whoever_is_signed_in_there(
    browser: PushSubscription, project: Any, key: Any
) -> None:
    """Added by its page, tested, removed; another's is not there for you."""
    from vedette.accounts.models import Membership, User
    from vedette.accounts.roles import Role

    bob = User.objects.create_user("bob@example.com", name="Bob")
    Membership.objects.create(organization=project.organization, user=bob, role=Role.MEMBER)
    client = Client()
    client.force_login(bob)
    held = {"do": "remove", "browser": browser.pk}
    assert client.post("/notifications/push/", held).status_code == 400
    form = {
        "do": "add", "endpoint": browser.endpoint, "public": browser.public,
        "secret": encoded(SECRET), "label": "Chrome on Linux",
    }  # fmt: skip
    assert client.post("/notifications/push/", {**form, "public": "x"}).status_code == 400
    assert client.post("/notifications/push/", form).status_code == 302
    mine = PushSubscription.objects.get()
    assert mine.user == bob
    assert PushMessage.objects.get().content["title"] == "Push messages arrive here"
    client.post("/notifications/push/", {"do": "remove", "browser": mine.pk})
    assert not PushSubscription.objects.exists()


def test_who_does_not_see_the_project_any_more_gets_no_push_that_waited(
    browser: PushSubscription, happens: Any, fetcher: Any, service: Sink, project: Any
) -> None:
    """A member still, but of other projects."""
    from vedette.accounts.models import Membership
    from vedette.accounts.roles import Role

    happens(1)
    Membership.objects.filter(user=browser.user).update(role=Role.MEMBER, sees_all=False)
    push(fetcher)
    assert service.received == []
    assert not PushMessage.objects.exists()
