"""A page hears of what comes in by a stream, as the person who opened it."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from urllib.parse import quote, urlencode

import pytest

from tests.flow.product import Product
from tests.flow.visitor import sign_in_owner
from tests.pipeline.pipe import event


class Stream:
    """An open stream, read in a thread."""

    def __init__(self, product: Product, cookie: str, query: str, **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)
        self._connection.request("GET", f"/live/?{query}", headers={"Cookie": cookie, **headers})
        self._socket = self._connection.sock
        self.answer = self._connection.getresponse()
        self.text = ""
        if self.answer.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while line := self.answer.readline():
                self.text += line.decode()
        except (OSError, ValueError, AttributeError):
            return  # closed by the test

    def wait(self, text: str, seconds: float = 20.0) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in self.text:
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # ends the reading thread
        self._connection.close()


@pytest.fixture
def cookie(product: Product) -> str:
    """The cookies of the owner's browser."""
    visitor = sign_in_owner(product)
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.jar)


def watch(since: str = "2020-01-01T00:00:00+00:00") -> str:
    return urlencode({"src": f"/issues/new-events/?since={quote(since)}"})


def test_what_comes_in_is_told_at_once(
    product: Product, project: dict[str, str], cookie: str
) -> None:
    """Without the page asking again, and once for each change."""
    stream = Stream(product, cookie, watch())
    assert stream.answer.status == 200
    assert stream.wait("event: 0")
    before = stream.text.count("event: 0")
    product.send(project, event())
    deadline = time.monotonic() + 20
    while stream.text.count("event: 0") == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stream.text.count("event: 0") > before
    assert "new event" in stream.text
    stream.close()


def test_a_stream_goes_on_where_it_was(product: Product, cookie: str) -> None:
    """A browser that connects again is not sent what it has."""
    first = Stream(product, cookie, watch())
    assert first.wait("event: 0")
    (mark,) = [line for line in first.text.splitlines() if line.startswith("id: ")][-1:]
    first.close()
    again = Stream(product, cookie, watch(), **{"Last-Event-ID": mark.removeprefix("id: ")})
    assert again.wait("retry:")
    assert not again.wait("event: 0", seconds=1.5)
    again.close()


def test_strangers_hear_nothing(product: Product) -> None:
    """The fragment's own permission decides."""
    stream = Stream(product, "", watch())
    assert stream.wait("event: end")
    assert "new event" not in stream.text
    stream.close()


def test_more_parameters_than_fragments_are_refused(product: Product, cookie: str) -> None:
    """However many: a 400, not a failure."""
    for names in (["src"] * 40, [f"a{number}" for number in range(900)]):
        stream = Stream(product, cookie, urlencode([(name, "/x/") for name in names]))
        assert stream.answer.status == 400
        stream.close()


@pytest.mark.parametrize(
    "source", ["/issues/", "/account/", "//evil.example/", "https://evil.example/", "x", "/api/0/"]
)
def test_only_fragments_that_are_meant_for_it_can_be_watched(
    product: Product, cookie: str, source: str
) -> None:
    """A page, an action or another site is not."""
    stream = Stream(product, cookie, urlencode({"src": source}))
    assert stream.answer.status == 400 or stream.wait("event: end")
    assert "<" not in stream.text
    stream.close()
