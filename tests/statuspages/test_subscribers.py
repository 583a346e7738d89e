"""Who wants to hear is asked first, hears what is published once, and leaves with one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.sink import Reply, Sink
from vedette import clock
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.statuspages import subscribing, telling
from vedette.statuspages.announcing import Wish, add_update, discard, draft, publish
from vedette.statuspages.models import StatusDelivery, StatusPage, Subscriber


@pytest.fixture(autouse=True)
def _outbox(settings_mail: None) -> None:
    """Mails are kept in memory."""


@pytest.fixture
def settings_mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from django.conf import settings

    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    mail.outbox = []  # type: ignore[attr-defined]
    yield
    clock.turn(0)


@pytest.fixture
def hook() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def outbox() -> list[Any]:
    return list(mail.outbox)  # type: ignore[attr-defined]


def deliver() -> int:
    """Hand over whatever is due."""
    fetcher = Fetcher(read_networks("127.0.0.0/8"))
    done = 0
    while found := telling.claim(clock.now()):
        for one in found:
            telling.hand_over(one, fetcher)
            done += 1
    return done


def post(path: str, **values: Any) -> Any:
    return Client().post(f"/status/shop/{path}", values)


def path_in(text: str, word: str) -> str:
    found = re.search(rf"/status/shop/({word}/\S+?/)(?:\s|$|\"|')", text)
    assert found is not None, text
    return found[1]


def subscribed(page: StatusPage, address: str = "eva@example.com", *components: Any) -> Subscriber:
    """Somebody who has confirmed."""
    chosen = [one.key for one in components]
    assert subscribing.ask(page, "email", address, chosen, "192.0.2.1")
    row = Subscriber.objects.get(address_hash=subscribing._hash(f"email:{address}"))
    StatusDelivery.objects.filter(subscriber=row).delete()
    Subscriber.objects.filter(pk=row.pk).update(confirmed_at=clock.now(), source="")
    return row


def test_nobody_hears_who_has_not_confirmed(page: StatusPage) -> None:
    """Double opt-in: the mail has a link, the link a button, and only the button counts."""
    assert post("subscribe/", kind="email", address="eva@example.com").status_code == 200
    publish(draft(page, Wish(title="Down", text="It is.")))
    assert deliver() == 1
    (question,) = outbox()
    assert question.to == ["eva@example.com"]
    way = path_in(question.body, "confirm")
    assert Client().get(f"/status/shop/{way}").status_code == 200
    assert Subscriber.objects.get().confirmed_at is None, "programs open links in mails"
    assert b"from now on" in post(way).content
    publish(draft(page, Wish(title="Slow", text="It is.")))
    assert deliver() == 1
    assert outbox()[-1].subject == "[Shop status] Investigating: Slow"


def test_one_click_and_nothing_more_comes(page: StatusPage) -> None:
    """The header that mail programs use, and what it leads to (RFC 8058)."""
    subscribed(page)
    publish(draft(page, Wish(title="Down", text="It is.")))
    deliver()
    headers = outbox()[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way = path_in(headers["List-Unsubscribe"].strip("<>"), "leave")
    assert Client().get(f"/status/shop/{way}").status_code == 200
    assert Subscriber.objects.count() == 1
    answer = Client(enforce_csrf_checks=True).post(
        f"/status/shop/{way}", {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert Subscriber.objects.count() == 0
    assert post(way).status_code == 200, "twice is no error"


def test_only_published_updates_are_told_and_each_once(page: StatusPage) -> None:
    """A draft tells nobody; publishing again tells nothing anew."""
    subscribed(page)
    made = draft(page, Wish(title="Down", text="It is."))
    assert deliver() == 0
    assert publish(made) == 1
    assert publish(made) == 0
    add_update(made, "identified", "We know it.")
    assert publish(made) == 1
    assert deliver() == 2
    assert [one.subject.split("] ")[1] for one in outbox()] == [
        "Investigating: Down",
        "Identified: Down",
    ]


def test_who_chose_components_hears_of_those(page: StatusPage, add: Any) -> None:
    """And of nothing else; who chose none hears of all."""
    checkout, search = add("Checkout"), add("Search")
    subscribed(page, "some@example.com", checkout)
    subscribed(page, "all@example.com")
    wish = Wish(title="Search", text="Slow", affected={search.pk: "degraded_performance"})
    publish(draft(page, wish))
    deliver()
    assert [one.to for one in outbox()] == [["all@example.com"]]


def test_a_process_that_dies_between_loses_and_doubles_nothing(page: StatusPage) -> None:
    """The row is there with the update; what was in its hands is taken up after a while."""
    subscribed(page)
    publish(draft(page, Wish(title="Down", text="It is.")))
    taken = telling.claim(clock.now())
    assert len(taken) == 1
    assert telling.claim(clock.now()) == [], "another one leaves it alone"
    clock.turn(120)
    assert deliver() == 1
    assert deliver() == 0
    assert len(outbox()) == 1


def test_a_webhook_is_tried_until_it_is_taken(page: StatusPage, hook: Sink) -> None:
    """With longer pauses, and one that says no for ever is not tried again."""
    assert subscribing.ask(page, "webhook", f"{hook.url}/hook", [], "192.0.2.1")
    deliver()
    assert hook.received[0].json["kind"] == "confirmation"
    way = path_in(hook.received[0].json["confirm_url"], "confirm")
    post(way)
    hook.reply = lambda _received: Reply(status=503)
    publish(draft(page, Wish(title="Down", text="It is.")))
    assert deliver() == 1
    assert deliver() == 0
    hook.reply = lambda _received: Reply()
    clock.turn(40)
    assert deliver() == 1
    said = hook.received[-1].json
    assert said["incident"]["name"] == "Down"
    assert said["update"]["status"] == "investigating"
    hook.reply = lambda _received: Reply(status=410)
    publish(draft(page, Wish(title="More", text="It is.")))
    assert deliver() == 1
    clock.turn(4000)
    assert deliver() == 0
    assert "410" in Subscriber.objects.get().last_error


def test_slack_calls_nobody(page: StatusPage, hook: Sink) -> None:
    """What a title says is no mention."""
    subscribing.ask(page, "slack", f"{hook.url}/s", [], "192.0.2.1")
    Subscriber.objects.update(confirmed_at=clock.now())
    publish(draft(page, Wish(title="<!channel> down", text="It is.")))
    deliver()
    text = hook.received[-1].json["text"]
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text


def test_strangers_cannot_make_us_bomb_anybody(page: StatusPage) -> None:
    """An address once a day by a page and thrice by all; a source five an hour."""
    for _ in range(5):
        post("subscribe/", kind="email", address="victim@example.com")
    deliver()
    assert len(outbox()) == 1
    others = [
        StatusPage.objects.create(
            organization=page.organization, slug=f"other-{number}", title="Other"
        )
        for number in range(4)
    ]
    asked = [
        subscribing.ask(one, "email", "victim@example.com", [], f"198.51.100.{number}")
        for number, one in enumerate(others)
    ]
    assert asked == [True, True, False, False]
    asked = [
        subscribing.ask(page, "email", f"x{number}@example.com", [], f"2001:db8::{number}")
        for number in range(7)
    ]
    assert asked == [True] * 5 + [False] * 2
    clock.turn(3700)
    assert subscribing.ask(page, "email", "later@example.com", [], "2001:db8::1")


def test_the_answer_tells_nothing_of_who_is_there(page: StatusPage) -> None:
    """The same words whether an address is new, known or beyond the limits."""
    first = post("subscribe/", kind="email", address="eva@example.com").content
    assert post("subscribe/", kind="email", address="eva@example.com").content == first
    wrong = post("subscribe/", kind="email", address="no address")
    assert wrong.status_code == 400
    assert b"This is no e-mail address" in wrong.content


def test_who_never_answers_is_forgotten(page: StatusPage) -> None:
    """After two days; the link of then is good no more."""
    post("subscribe/", kind="email", address="eva@example.com")
    deliver()
    way = path_in(outbox()[0].body, "confirm")
    assert subscribing.forget_unconfirmed(clock.now() + timedelta(days=3)) >= 1
    assert b"no longer" in post(way).content


def test_a_side_that_hangs_keeps_no_other_waiting_however_much_waits_for_it(
    page: StatusPage,
) -> None:
    """Here thousands of messages to one host, and the question of another page after them."""
    address = "https://hangs.example.com/hook"
    side = subscribing.side_of("webhook", address)
    Subscriber.objects.bulk_create(
        Subscriber(
            page=page,
            kind="webhook",
            address=address,
            address_hash=f"{number:064d}",
            side=side,
            confirmed_at=clock.now(),
        )
        for number in range(2_500)
    )
    assert publish(draft(page, Wish(title="Down", text="It is."))) == 2_500
    other = StatusPage.objects.create(organization=page.organization, slug="o", title="Other")
    assert subscribing.ask(other, "email", "eva@example.com", [], "192.0.2.1")
    (found,) = telling.claim(clock.now(), besides=[side])
    assert found.subscriber.page == other
    (one,) = telling.claim(clock.now())
    assert one.subscriber.page == page


def test_what_is_of_no_use_any_more_is_done(page: StatusPage) -> None:
    """It neither waits nor is counted as on its way."""
    subscribed(page)
    made = draft(page, Wish(title="Down", text="It is."))
    publish(made)
    discard(made)
    assert telling.claim(clock.now()) == []
    telling.forget_told(clock.now())
    assert not StatusDelivery.objects.filter(done_at=None).exists()


def test_who_never_answers_takes_no_place(
    page: StatusPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many strangers have had asked; who confirms does."""
    monkeypatch.setattr(subscribing, "MOST_OF_A_PAGE", 1)
    assert subscribing.ask(page, "email", "a@example.com", [], "192.0.2.1")
    assert subscribing.ask(page, "email", "b@example.com", [], "192.0.2.2")
    first, second = [
        subscribing.ways_of(row, "")[0].split("/")[1] for row in Subscriber.objects.order_by("pk")
    ]
    assert subscribing.confirm(page, second) is not None
    assert subscribing.confirm(page, first) is None, "the page is full"
    assert not subscribing.ask(page, "email", "c@example.com", [], "192.0.2.3")


def test_a_clock_that_is_set_back_holds_no_message_back(page: StatusPage) -> None:
    """What was written or taken in hand by the other clock is handed over by this one."""
    subscribed(page)
    clock.turn(86_400)
    publish(draft(page, Wish(title="Down", text="It is.")))
    clock.turn(0)
    assert len(telling.claim(clock.now())) == 1
    clock.turn(-86_400)
    assert len(telling.claim(clock.now())) == 1
