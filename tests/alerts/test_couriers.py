"""Threads that deliver side by side: what hangs keeps nothing waiting that works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sink import Received, Reply, Sink
from vedette import clock


@pytest.fixture
def organization(database: Path) -> Iterator[Any]:
    """One that is really there, for other threads see nothing of a transaction."""
    from vedette.accounts.models import Organization

    made = Organization.objects.create(slug="hanging", name="Hanging")
    yield made
    made.delete()


class Door:
    """Answers at once for `/good`; all others hang until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.good = threading.Event()

    def reply(self, received: Received) -> Reply:
        if received.path == "/good":
            self.good.set()
            return Reply(200)
        self.opened.wait(30)
        return Reply(503)


def message_to(organization: Any, sink: Sink, name: str) -> Any:
    """A channel with a message that waits for it."""
    from vedette.alerts.models import Channel
    from vedette.alerts.testing import send_test
    from vedette.connections.secrets import set_secrets

    channel = Channel(
        organization=organization, slug=name, name=name, kind="webhook",
        settings={"url": f"{sink.url}/{name}"},
    )  # fmt: skip
    set_secrets(channel, {"secret": "hush"})
    channel.save()
    return send_test(channel, None)


@pytest.fixture
def door(sink: Sink) -> Iterator[Door]:
    made = Door()
    sink.reply = made.reply
    yield made
    made.opened.set()


def test_ten_channels_that_hang_do_not_stop_the_next_one(
    organization: Any, sink: Sink, fetcher: Any, door: Door
) -> None:
    """Each of them has been waiting for longer than the one that works."""
    from vedette.alerts.couriers import Couriers

    for at in range(10):
        message_to(organization, sink, f"hangs-{at}")
    message_to(organization, sink, "good")
    couriers = Couriers(fetcher)
    couriers.take_turn()
    assert door.good.wait(5)
    assert not door.opened.is_set()
    door.opened.set()
    couriers.close()


def test_channels_that_were_slow_share_some_of_the_threads(
    organization: Any,
    sink: Sink,
    fetcher: Any,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once they are known they cannot fill all of them again, however many they are."""
    from vedette.alerts import couriers as module
    from vedette.alerts.models import OutboxMessage
    from vedette.outgoing import crew

    monkeypatch.setattr(crew, "SLOW_SECONDS", 0.0)
    couriers = module.Couriers(fetcher, most=3, most_slow=2)
    door.opened.set()
    for at in range(3):
        message_to(organization, sink, f"hangs-{at}")
    couriers.take_turn()
    while couriers._crew.away:  # all answer, and are known to be slow
        couriers._crew.wait(0.1)
    door.opened.clear()
    OutboxMessage.objects.filter(organization=organization).update(due_at=clock.now())
    couriers.take_turn()
    message_to(organization, sink, "good")
    couriers.take_turn()
    assert door.good.wait(5)
    door.opened.set()
    couriers.close()


def test_what_takes_long_is_not_taken_by_another_process(
    organization: Any,
    sink: Sink,
    fetcher: Any,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A message on its way stays claimed for as long as it is."""
    from vedette.alerts import claiming
    from vedette.alerts import couriers as module

    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.0)
    message_to(organization, sink, "hangs")
    couriers = module.Couriers(fetcher)
    couriers.take_turn()
    timestamp = clock.timestamp
    late = timedelta(seconds=50).total_seconds()
    monkeypatch.setattr(clock, "timestamp", lambda: timestamp() + late)
    couriers.take_turn()
    assert claiming.claim(clock.now() + timedelta(seconds=30)) == []
    door.opened.set()
    couriers.close()
