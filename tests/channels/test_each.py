"""Messages to several recipients: each gets it once, and none waits for another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.channels.parcels import parcel
from tests.sink import Received, Reply, Sink
from vedette.channels import DeliveryError, channels


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def fetcher() -> Any:
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    return Fetcher(read_networks("127.0.0.1"))


def number_of(received: Received) -> str:
    """To whom a message goes."""
    return parse_qs(received.body.decode())["To"][0]


def test_a_number_that_is_none_keeps_no_other_waiting(sink: Sink, fetcher: Any) -> None:
    """A mistyped one in the middle: the others are woken."""
    sink.reply = lambda one: Reply(400 if number_of(one) == "+2" else 201)
    settings = {
        "account": "AC1", "token": "t", "from": "+9", "to": "+1, +2, +3", "api": sink.url
    }  # fmt: skip
    receipt = channels()["twilio"].deliver(settings, parcel("trigger"), fetcher)
    assert [number_of(one) for one in sink.received] == ["+1", "+2", "+3"]
    assert "refused" in receipt.answer


def test_who_has_it_does_not_get_it_again(sink: Sink, fetcher: Any) -> None:
    """One fails for now: the next try is for that one alone."""
    from dataclasses import replace

    sink.reply = lambda one: Reply(503 if number_of(one) == "+1" else 201)
    settings = {"account": "AC1", "token": "t", "from": "+9", "to": "+1, +2", "api": sink.url}
    deliver = channels()["twilio"].deliver
    first = parcel("trigger")
    with pytest.raises(DeliveryError) as caught:
        deliver(settings, first, fetcher)
    assert caught.value.reached == ["+2"]
    sink.received.clear()
    sink.reply = lambda _one: Reply(201)
    deliver(settings, replace(first, reached=caught.value.reached), fetcher)
    assert [number_of(one) for one in sink.received] == ["+1"]
