"""Browsers are told side by side: a service that hangs keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.push.test_push import SECRET
from tests.sink import Received, Reply, Sink
from vedette.loops import push_messages
from vedette.push.encryption import CURVE, encoded, point_of


@pytest.fixture
def ada(database: Path) -> Iterator[Any]:
    """Somebody who is really there, for other threads see nothing of a transaction."""
    from vedette.accounts.models import User

    made = User.objects.create_user("ada@side.example.com", name="Ada")
    yield made
    made.delete()


def test_services_that_hang_keep_no_other_waiting(ada: Any) -> None:
    """Nine browsers of one that hangs, and then one of another."""
    from vedette.push.models import PushMessage
    from vedette.push.subscribing import subscribe

    ended, told, held = threading.Event(), threading.Event(), threading.Event()
    public = encoded(point_of(ec.generate_private_key(CURVE)))

    def hang(_received: Received) -> Reply:
        held.wait(30)
        return Reply(503)

    def take(_received: Received) -> Reply:
        told.set()
        return Reply(201)

    house: Any = SimpleNamespace(config=SimpleNamespace(outgoing_networks="127.0.0.0/8"))

    def turns() -> None:
        while not ended.wait(0.1):
            push_messages.LOOP.run(house)

    with Sink(hang) as slow, Sink(take) as quick:
        for number in range(10):
            url = quick.url if number == 9 else slow.url
            browser = subscribe(ada, f"{url}/p/{number}", public, encoded(SECRET), "Firefox")
            content = {"title": "No lamp", "body": "Look", "url": "/", "tag": str(number)}
            PushMessage.objects.create(subscription=browser, identity=str(number), content=content)
        worker = threading.Thread(target=turns)
        worker.start()
        try:
            assert told.wait(20)
            assert not held.is_set()
        finally:
            held.set()
            ended.set()
            worker.join(30)
            push_messages._workers("127.0.0.0/8").close()
            push_messages._workers.cache_clear()
