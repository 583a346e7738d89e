"""From changes of alerts to what arrives: groups, intervals, silences, failures, storms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.reactions.seen import event
from tests.sink import Reply, Sink
from vedette import clock

HOOK = """
channels:
  - {{id: hook, name: Hook, kind: webhook, url: "{url}/hook"}}
rules:
  - {{name: New, project: shop, source: issue, measure: {{edge: first_seen}}, levels: critical}}
routes:
  - {{id: all, channels: [hook]}}
"""


@pytest.fixture
def domain(rollback: None) -> Any:
    from vedette.config import Config
    from vedette.reactions._domain import ReactingDomain

    return ReactingDomain(Config(), issues_per_hour=10_000)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on."""
    passed = [timedelta(0)]
    timestamp = clock.timestamp

    def go_on(**span: float) -> None:
        passed[0] += timedelta(**span)

    monkeypatch.setattr(clock, "timestamp", lambda: timestamp() + passed[0].total_seconds())
    return go_on


def deliver(fetcher: Any) -> None:
    """Whatever is due: what groups have to say, then the outbox."""
    from vedette.alerts.delivery import deliver_due
    from vedette.alerts.grouping import repeat_due, speak_due

    speak_due(clock.now())
    repeat_due(clock.now())
    for _ in range(200):
        if not deliver_due(fetcher):
            return
    raise AssertionError("there is always something to deliver")


def happens(domain: Any, project: Any, *groups: int, position: int = 1) -> None:
    """First events of these groups in one batch."""
    now = clock.timestamp()
    domain.apply([event(project, group, now) for group in groups], writer="w", position=position)


def kinds(sink: Sink) -> list[str]:
    return [one.json["kind"] for one in sink.received]


def test_five_hundred_issues_at_once_are_one_message(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """With a list, and how many more."""
    make(HOOK.format(url=sink.url))
    happens(domain, project, *range(1, 251))
    happens(domain, project, *range(251, 501), position=2)
    deliver(fetcher)
    assert len(sink.received) == 1
    message = sink.received[0].json
    assert len(message["alerts"]) == 10
    assert len(message["alerts"]) + message["more"] == 250
    wait(seconds=61)
    deliver(fetcher)
    assert len(sink.received) == 2
    assert sink.received[1].json["more"] == 240


def test_an_alert_ends_with_its_issue_and_who_heard_of_it_hears_that(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Resolved by a person; once."""
    from vedette.alerts.acting import end_settled
    from vedette.issues.models import Issue, Status
    from vedette.issues.status import set_status

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    set_status([project], [Issue.objects.get().pk], Status.RESOLVED)
    assert end_settled() == 1
    assert end_settled() == 0
    wait(seconds=61)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_a_silence_holds_the_beginning_back_and_never_the_end(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """What began before it is told to be over; what began within is told after it, if it lasts."""
    from vedette.alerts.acting import resolve, silence
    from vedette.alerts.models import Alert

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    first = Alert.objects.get()
    span = timedelta(hours=1)
    silence(project.organization, ["project=shop"], span, "we deploy", None)
    happens(domain, project, 2, position=2)
    wait(minutes=5)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    resolve([first], None)
    wait(minutes=1)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]
    wait(minutes=56)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve", "trigger"]


def test_a_channel_that_is_down_for_ten_minutes_loses_nothing(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """It is tried again, ever more rarely, and says when it may be."""
    from vedette.alerts.models import OutboxMessage

    make(HOOK.format(url=sink.url))
    sink.reply = lambda _received: Reply(503)
    happens(domain, project, 1)
    deliver(fetcher)
    message = OutboxMessage.objects.get()
    assert (message.state, message.tries) == ("waiting", 1)
    pause = message.due_at - clock.now()
    assert timedelta(seconds=3) < pause < timedelta(seconds=7)
    sink.reply = lambda _received: Reply(429, headers={"Retry-After": "600"})
    wait(seconds=8)
    deliver(fetcher)
    message.refresh_from_db()
    assert message.due_at - clock.now() > timedelta(seconds=590)
    sink.reply = lambda _received: Reply(200)
    wait(seconds=601)
    deliver(fetcher)
    message.refresh_from_db()
    assert message.state == "sent"
    assert [one.status for one in message.deliveries.order_by("pk")] == [503, 429, 200]


def test_a_broken_channel_is_told_by_another_and_its_pages_go_to_the_fallback(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """404 will stay 404."""
    from vedette.alerts.models import Channel

    with Sink() as other:
        spare = f'  - {{id: spare, name: Spare, kind: webhook, url: "{other.url}/"}}'
        text = HOOK.format(url=sink.url).replace('/hook"}', '/hook", fallback: spare}')
        make(text.replace("rules:", f"{spare}\nrules:"))
        sink.reply = lambda _received: Reply(404, b"gone")
        happens(domain, project, 1)
        deliver(fetcher)
        broken = Channel.objects.get(slug="hook")
        assert broken.broken_at is not None
        assert "404" in broken.broken_why
        assert sorted(kinds(other)) == ["notice", "trigger"]
        assert "Sent here because Hook" in other.received[0].json["note"]


def test_what_is_over_before_it_could_be_told_is_one_late_notice(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Not a beginning that is no news any more, and an end of it."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    make(HOOK.format(url=sink.url))
    sink.reply = lambda _received: Reply(503)
    happens(domain, project, 1)
    deliver(fetcher)
    wait(seconds=70)
    resolve(Alert.objects.all(), None)
    wait(seconds=70)
    sink.reply = lambda _received: Reply(200)
    sink.received.clear()
    deliver(fetcher)
    assert kinds(sink) == ["resolve"]
    assert "late" in sink.received[0].json["note"]


def test_a_storm_becomes_one_digest(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Beyond the channel's most messages in ten minutes what waits is gathered."""
    text = HOOK.format(url=sink.url).replace('/hook"}', '/hook", most_messages: 3}')
    make(text.replace("channels: [hook]}", "channels: [hook], group_by: [issue]}"))
    happens(domain, project, *range(1, 31))
    deliver(fetcher)
    assert len(sink.received) == 3
    wait(minutes=11)
    deliver(fetcher)
    assert len(sink.received) == 4
    gathered = sink.received[3].json
    assert len(gathered["alerts"]) + gathered["more"] == 27


def test_two_that_deliver_never_send_one_twice(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A claim is one conditional update."""
    from vedette.alerts.claiming import claim

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    first = claim(clock.now())
    assert len(first) == 1
    assert claim(clock.now()) == []
    assert len(claim(clock.now() + timedelta(seconds=61))) == 1


def test_a_repeat_comes_until_somebody_takes_it_on(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """After four hours; never after an acknowledgement."""
    from vedette.alerts.acting import acknowledge
    from vedette.alerts.models import Alert

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    wait(hours=3)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    wait(hours=1, minutes=1)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]
    assert acknowledge(Alert.objects.all(), None) == 1
    wait(hours=9)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]


def test_members_get_mail_as_they_chose(domain: Any, project: Any, make: Any, fetcher: Any) -> None:
    """At once by default, at the next full hour as a digest, not at all by their own choice."""
    from django.core import mail as sent

    from vedette.accounts.models import Membership, User
    from vedette.alerts.models import PersonalSettings
    from vedette.alerts.people import send_due, unsubscribe, unsubscribe_link

    sent.outbox.clear()  # type: ignore[attr-defined]
    text = HOOK.format(url="http://127.0.0.1:1")
    hook = '{id: hook, name: Hook, kind: webhook, url: "http://127.0.0.1:1/hook"}'
    make(text.replace(hook, "{id: hook, name: People, kind: members}"))
    quiet = User.objects.create_user("bea@example.com")
    Membership.objects.create(organization=project.organization, user=quiet)
    PersonalSettings.objects.create(user=quiet, alerts="none")
    happens(domain, project, 1)
    deliver(fetcher)
    assert send_due() == 1
    (mail,) = sent.outbox  # type: ignore[attr-defined]
    assert mail.to == ["ada@example.com"]
    assert mail.subject.startswith("[critical] New: ")
    assert "List-Unsubscribe" in mail.extra_headers
    user = User.objects.get(email="ada@example.com")
    token = unsubscribe_link(user).rstrip("/").rpartition("/")[2]
    assert unsubscribe(token) == user
    assert unsubscribe("x" + token) is None
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    assert send_due() == 0


def test_a_turn_without_anything_due_only_reads(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Several times a second: what wants to write would make batches of events wait for it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    with CaptureQueriesContext(connection) as asked:
        deliver(fetcher)
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert len(sink.received) == 1
