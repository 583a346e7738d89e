"""A page must arrive: by the fallback, by the fallback's fallback, whatever it waits for."""

from __future__ import annotations

from typing import Any

from tests.alerts.test_messages import deliver, domain, happens, wait
from tests.sink import Received, Reply, Sink
from vedette import clock

__all__ = ["domain", "wait"]

CIRCLE = """
channels:
  - {{id: a, name: A, kind: webhook, url: "{url}/a", fallback: b, most_messages: 0}}
  - {{id: b, name: B, kind: webhook, url: "{url}/b", fallback: c, most_messages: 0}}
  - {{id: c, name: C, kind: webhook, url: "{url}/c", fallback: a}}
rules:
  - {{name: New, project: shop, source: issue, measure: {{edge: first_seen}}, levels: critical}}
routes:
  - {{id: all, channels: [a]}}
"""


def triggers_at(sink: Sink, path: str) -> list[Received]:
    """What arrived there of alerts."""
    here = [one for one in sink.received if one.path == path]
    return [one for one in here if one.json["kind"] in ("trigger", "update")]


def test_a_fallback_that_is_broken_as_well_has_its_own(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Once, also where fallbacks go in a circle; and the end goes there, too."""
    from vedette.alerts.acting import resolve
    from vedette.alerts.models import Alert

    make(CIRCLE.format(url=sink.url))
    sink.reply = lambda received: Reply(404 if received.path in ("/a", "/b") else 200)
    happens(domain, project, 1)
    deliver(fetcher)
    assert len(triggers_at(sink, "/c")) == 1
    resolve(Alert.objects.all(), None)
    wait(minutes=2)
    deliver(fetcher)
    ends = [one.path for one in sink.received if one.json["kind"] == "resolve"]
    assert ends == ["/c"]


def test_a_circle_of_broken_channels_ends(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Each is tried once at most; then nothing waits any more."""
    from vedette.alerts.models import OutboxMessage

    make(CIRCLE.format(url=sink.url))
    sink.reply = lambda _received: Reply(404)
    happens(domain, project, 1)
    deliver(fetcher)
    wait(minutes=5)
    deliver(fetcher)
    assert [len(triggers_at(sink, path)) for path in ("/a", "/b")] == [1, 1]
    told = OutboxMessage.objects.filter(kind="trigger").order_by("pk")
    assert [(one.channel.slug, one.state) for one in told] == [
        ("a", "failed"),
        ("b", "failed"),
        ("c", "failed"),
    ]


def test_what_becomes_critical_behind_a_warning_goes_to_the_fallback(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """It waits for its turn in a channel that does not answer, and is never tried there."""
    from vedette.alerts.models import Alert
    from vedette.alerts.telling import Tidings

    make(CIRCLE.format(url=sink.url).replace("levels: critical", "levels: warning"))
    sink.reply = lambda received: Reply(503 if received.path == "/a" else 200)
    happens(domain, project, 1)
    for _ in range(20):
        wait(minutes=1)
        deliver(fetcher)
    assert triggers_at(sink, "/b") == []
    Alert.objects.update(level="critical")
    tidings = Tidings(clock.now())
    tidings.note(Alert.objects.select_related("rule__project", "project").get(), "raised")
    tidings.finish()
    for _ in range(7):
        wait(seconds=10)
        deliver(fetcher)
    assert len(triggers_at(sink, "/b")) == 1


def test_all_that_waits_for_a_paused_channel_goes_to_the_fallback(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """Also beyond what is looked at in one go."""
    text = CIRCLE.format(url=sink.url)
    make(text.replace("channels: [a]}", "channels: [a], group_by: [issue]}"))
    asks = Reply(429, headers={"Retry-After": "800"})
    sink.reply = lambda received: asks if received.path == "/a" else Reply(200)
    happens(domain, project, 1)
    deliver(fetcher)
    happens(domain, project, *range(2, 151), position=2)
    for _ in range(8):
        wait(seconds=10)
        deliver(fetcher)
    assert len(triggers_at(sink, "/b")) == 150


def test_a_fallback_that_is_off_is_passed_over(
    domain: Any, project: Any, make: Any, sink: Sink, fetcher: Any, wait: Any
) -> None:
    """The next one on the way has it."""
    text = CIRCLE.format(url=sink.url)
    make(text.replace("fallback: c, ", "fallback: c, enabled: false, "))
    sink.reply = lambda received: Reply(404 if received.path == "/a" else 200)
    happens(domain, project, 1)
    deliver(fetcher)
    assert len(triggers_at(sink, "/c")) == 1
