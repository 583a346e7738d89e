"""What a channel gets comes in order, at the pace it asks for, and no other waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.alerts.test_messages import HOOK, deliver, domain, happens, kinds, wait
from tests.sink import Reply, Sink
from vedette import clock

__all__ = ["domain", "wait"]


def test_an_end_never_comes_before_its_beginning(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A beginning that waits for its next try is told with its end: nothing stays open there."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert, OutboxMessage

    make(HOOK.format(url=sink.url))
    sink.reply = lambda _received: Reply(503, headers={"Retry-After": "300"})
    happens(domain, project, 1)
    deliver(fetcher)
    sink.reply = lambda _received: Reply(200)
    sink.received.clear()
    resolve(Alert.objects.all(), None)
    wait(seconds=100)
    deliver(fetcher)
    wait(seconds=300)
    deliver(fetcher)
    assert kinds(sink) == ["resolve"]
    assert "late" in sink.received[0].json["note"]
    assert not OutboxMessage.objects.filter(state="waiting").exists()


def test_a_beginning_held_back_in_a_storm_is_not_told_after_its_end(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """What is over before the channel has room again is no digest of things that fire."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    text = HOOK.format(url=sink.url).replace('/hook"}', '/hook", most_messages: 1}')
    make(text.replace("channels: [hook]}", "channels: [hook], group_by: [issue]}"))
    happens(domain, project, 1, 2)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    resolve(Alert.objects.order_by("-pk")[:1], None)
    for _ in range(12):
        wait(minutes=1)
        deliver(fetcher)
    assert kinds(sink) == ["trigger", "resolve"]


def test_a_channel_that_asks_for_a_pause_gets_it_from_all_that_waits(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """One answer that says when to come again holds for every message, also for new ones."""
    text = HOOK.format(url=sink.url)
    make(text.replace("channels: [hook]}", "channels: [hook], group_by: [issue]}"))
    sink.reply = lambda _received: Reply(429, headers={"Retry-After": "60"})
    happens(domain, project, *range(1, 6))
    deliver(fetcher)
    happens(domain, project, 6, position=2)
    deliver(fetcher)
    assert len(sink.received) == 1
    sink.reply = lambda _received: Reply(200)
    wait(seconds=61)
    deliver(fetcher)
    assert len(sink.received) == 7


def test_a_message_that_is_refused_does_not_break_a_channel_that_works(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """400 may be the fault of one text, which a stranger wrote: the next one is sent."""
    from vedette.alerts.models import Channel, OutboxMessage

    text = HOOK.format(url=sink.url)
    make(text.replace("channels: [hook]}", "channels: [hook], group_by: [issue]}"))
    happens(domain, project, 1)
    deliver(fetcher)
    sink.reply = lambda _received: Reply(400, b"invalid_blocks")
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    assert OutboxMessage.objects.order_by("-pk")[0].state == "failed"
    assert Channel.objects.get().broken_at is None
    sink.reply = lambda _received: Reply(200)
    happens(domain, project, 3, position=3)
    deliver(fetcher)
    assert OutboxMessage.objects.order_by("-pk")[0].state == "sent"


def test_a_channel_that_refuses_one_after_the_other_is_broken(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Then it is not the text."""
    from vedette.alerts.models import Channel

    text = HOOK.format(url=sink.url)
    make(text.replace("channels: [hook]}", "channels: [hook], group_by: [issue]}"))
    happens(domain, project, 1)
    deliver(fetcher)
    sink.reply = lambda _received: Reply(400, b"chat not found")
    happens(domain, project, 2, 3, 4, 5, position=2)
    deliver(fetcher)
    assert Channel.objects.get().broken_at is not None


def test_one_channel_with_thousands_of_messages_keeps_no_other_waiting(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """The oldest of each channel is taken, however many another has."""
    from vedette.alerts.delivery import deliver_due
    from vedette.alerts.models import Channel, OutboxMessage

    two = '  - {{id: other, name: Other, kind: webhook, url: "{url}/other"}}\nrules:'
    make(HOOK.replace("rules:", two).format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    one = OutboxMessage.objects.get()
    many = [
        OutboxMessage(
            organization_id=one.organization_id, channel=one.channel, kind="test",
            content={**one.content, "kind": "test"}, identity=f"many-{at}",
        )
        for at in range(2100)
    ]  # fmt: skip
    OutboxMessage.objects.bulk_create(many)
    OutboxMessage.objects.create(
        organization_id=one.organization_id,
        channel=Channel.objects.get(slug="other"),
        kind="test",
        content={**one.content, "kind": "test"},
        identity="other",
    )
    deliver_due(fetcher)
    assert "/other" in [received.path for received in sink.received]


def test_what_begins_is_a_message_of_its_own_in_slack(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Nobody sees that a message of last week has changed; its end is told where it began."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    stamps = iter(f"{at}.0" for at in range(1, 99))
    sink.reply = lambda _received: Reply(
        body=b'{"ok": true, "channel": "C1", "ts": "%s"}' % next(stamps).encode()
    )
    text = HOOK.format(url=sink.url)
    hook = f'kind: webhook, url: "{sink.url}/hook"'
    make(text.replace(hook, f'kind: slack, token: xoxb-1, channel: C1, api: "{sink.url}"'))
    happens(domain, project, 1)
    deliver(fetcher)
    wait(minutes=2)
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    assert [one.path for one in sink.received] == ["/chat.postMessage", "/chat.postMessage"]
    assert all("thread_ts" not in one.json for one in sink.received)
    wait(minutes=2)
    resolve([Alert.objects.order_by("pk")[0]], None)
    wait(minutes=2)
    deliver(fetcher)
    changed, note = sink.received[2:]
    assert (changed.path, changed.json["ts"]) == ("/chat.update", "1.0")
    assert note.json["thread_ts"] == "1.0"
    wait(minutes=2)
    resolve([Alert.objects.order_by("pk")[1]], None)
    wait(minutes=2)
    sink.reply = lambda received: Reply(
        body=b'{"ok": false, "error": "message_not_found"}'
        if received.path == "/chat.update"
        else b'{"ok": true, "channel": "C1", "ts": "9.0"}'
    )
    deliver(fetcher)
    assert [one.path for one in sink.received[4:]] == ["/chat.update", "/chat.postMessage"]


def test_a_clock_that_was_set_back_holds_no_message_up(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """What was to be tried in some seconds is not tried in two hours."""
    make(HOOK.format(url=sink.url))
    wait(hours=2)
    sink.reply = lambda _received: Reply(503)
    happens(domain, project, 1)
    deliver(fetcher)
    wait(hours=-2)
    sink.reply = lambda _received: Reply(200)
    sink.received.clear()
    wait(minutes=1)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]


def test_a_clock_that_was_set_back_holds_no_group_up(
    domain: Any,
    project: Any,
    make: Any,
    sink: Sink,
    fetcher: Any,
    wait: Any,
    tmp_path: Path,
) -> None:
    """What was to be told in some seconds, and said again in hours, is so by the clock as it is."""
    from vedette.alerts import ticking

    make(HOOK.format(url=sink.url).replace("levels: critical", "levels: warning"))
    wait(hours=2)
    happens(domain, project, 1)
    ticking.take_turn(tmp_path, 6)
    wait(hours=-2)
    ticking.take_turn(tmp_path, 6)
    wait(seconds=30)
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]
    ticking.take_turn(tmp_path, 6)
    wait(hours=2)
    ticking.take_turn(tmp_path, 6)
    wait(hours=-2)
    ticking.take_turn(tmp_path, 6)
    wait(hours=2, minutes=1)
    deliver(fetcher)
    assert kinds(sink) == ["trigger", "repeat"]


def test_the_end_is_told_after_very_many_messages_about_others(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A group that is busy for days forgets nobody."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert, OutboxMessage

    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    deliver(fetcher)
    wait(minutes=2)
    happens(domain, project, 2, position=2)
    deliver(fetcher)
    newest = OutboxMessage.objects.order_by("-pk")[0]
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            organization_id=newest.organization_id, channel=newest.channel, group=newest.group,
            kind="update", content=newest.content, identity=f"more-{at}", state="sent",
        )
        for at in range(1001)
    )  # fmt: skip
    sink.received.clear()
    resolve([Alert.objects.order_by("pk")[0]], None)
    wait(minutes=2)
    deliver(fetcher)
    assert kinds(sink) == ["resolve"]


def test_every_incident_ends_however_many_end_at_once(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Alerts that were told one by one, each an incident there, are resolved together here."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    hook = f'kind: webhook, url: "{sink.url}/hook"'
    pager = f'kind: pagerduty, routing_key: "0123456789abcdef", url: "{sink.url}/hook"'
    make(HOOK.format(url=sink.url).replace(hook, pager))
    for at in range(1, 13):
        happens(domain, project, at, position=at)
        wait(minutes=2)
        deliver(fetcher)
    begun = {one.json["dedup_key"] for one in sink.received}
    assert len(begun) == 12
    sink.received.clear()
    resolve(Alert.objects.all(), None)
    wait(minutes=2)
    deliver(fetcher)
    ended = {one.json["dedup_key"] for one in sink.received}
    assert {one.json["event_action"] for one in sink.received} == {"resolve"}
    assert ended == begun


def test_what_a_killed_process_was_sending_is_sent_again_at_once(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Not when its hold runs out; what a process holds that lives, or is elsewhere, is left."""
    import subprocess
    import sys

    from vedette.alerts.claiming import claim
    from vedette.alerts.models import OutboxMessage
    from vedette.leases.taking import holder

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    make(HOOK.format(url=sink.url))
    happens(domain, project, 1)
    assert len(claim(clock.now())) == 1
    deliver(fetcher)
    OutboxMessage.objects.update(held_by=f"elsewhere:{ended.pid}")
    deliver(fetcher)
    assert kinds(sink) == []
    OutboxMessage.objects.update(held_by=f"{holder().rpartition(':')[0]}:{ended.pid}")
    deliver(fetcher)
    assert kinds(sink) == ["trigger"]


def test_no_warnings_keep_a_critical_message_waiting(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A channel that has had its share of warnings still takes what is critical, at once."""
    text = HOOK.format(url=sink.url).replace('/hook"}', '/hook", most_messages: 3}')
    text = text.replace("channels: [hook]}", "channels: [hook], group_by: [issue], wait: 0s}")
    make(text.replace("levels: critical", "levels: warning"))
    happens(domain, project, 1, 2, 3, 4)
    deliver(fetcher)
    assert [one.json["level"] for one in sink.received] == ["warning"] * 3
    make(text)
    happens(domain, project, *range(5, 10), position=2)
    deliver(fetcher)
    assert [one.json["level"] for one in sink.received[3:]] == ["critical"] * 3


def test_a_webhook_hears_of_every_end(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """A program that keeps alerts one by one keeps none open that is over."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    make(HOOK.format(url=sink.url))
    happens(domain, project, *range(1, 13))
    deliver(fetcher)
    sink.received.clear()
    resolve(Alert.objects.all(), None)
    wait(minutes=2)
    deliver(fetcher)
    ended = {part["id"] for one in sink.received for part in one.json["alerts"]}
    assert ended == set(Alert.objects.values_list("pk", flat=True))
