"""Strangers who waste what is shared: slow bodies, missing keys, pages that are away."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.flow.product import Product
from tests.flow.test_attacks import connect, event, path_of, read_all


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Impatient with slow senders, otherwise as it comes."""
    folder = tmp_path_factory.mktemp("strangers") / "data"
    with Product(folder, body_timeout_seconds="4") as running:
        yield running


@contextmanager
def half_sent(
    product: Product, path: str, count: int, start: bytes
) -> Iterator[list[socket.socket]]:
    """So many requests whose bodies stop after `start`."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode()
    with ExitStack() as held:
        connections = [held.enter_context(connect(product)) for _ in range(count)]
        for connection in connections:
            connection.sendall(head + start)
        yield connections


def test_bodies_that_stay_away_take_no_pages_away(
    product: Product, project: dict[str, str]
) -> None:
    """More than the pages have threads; they hear 408, everybody else is served meanwhile."""
    with ExitStack() as held:
        slow = {
            path: held.enter_context(half_sent(product, path, 40, b"a="))
            for path in ("/sign-in/", "/api/0/organizations/", "/-/health")
        }
        assert product.post("/sign-in/", b"", method="GET")[0] == 200
        assert product.api("organizations/")
        assert product.post("/-/ready", b"", method="GET")[0] == 200
        assert product.send(project, event(message="meanwhile"))[0] == 200
        answers = {
            path: {read_all(connection)[:12] for connection in connections}
            for path, connections in slow.items()
        }
    refused = b"HTTP/1.1 408"
    assert answers == {
        "/sign-in/": {refused},
        "/api/0/organizations/": {refused},
        "/-/health": {b"HTTP/1.1 200"},
    }


def test_half_sent_bodies_without_a_key_keep_no_sender_out(
    product: Product, project: dict[str, str]
) -> None:
    """However much is begun without a key, whoever has one is let in (256 MB of it were enough)."""
    with half_sent(product, f"/api/{project['id']}/envelope/", 300, b"{" + b" " * 60_000):
        for number in range(5):
            assert product.send(project, event(message=f"let in {number}"))[0] == 200


def test_half_sent_bodies_of_one_key_keep_no_other_out(product: Product) -> None:
    """A project's key is public: its share is the most that is lost with it."""
    loud, quiet = product.spare_project(), product.spare_project()
    start = b"{}\n" + b"x" * 800_000
    with half_sent(product, path_of(loud), 60, start):
        for number in range(5):
            assert product.send(quiet, event(message=f"let in {number}"))[0] == 200


def test_a_head_without_end_is_cut_off(product: Product, project: dict[str, str]) -> None:
    """200 MB of header lines were taken; now the answer is 431."""
    with connect(product) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        try:
            for _ in range(2000):
                connection.sendall(b"X-A: " + b"b" * 900 + b"\r\n")
        except ConnectionError:
            pass
        else:
            assert read_all(connection).startswith(b"HTTP/1.1 431")
    assert product.send(project, event(message="meanwhile"))[0] == 200


def test_pages_that_have_died_delay_no_event(product: Product, project: dict[str, str]) -> None:
    """Visitors see a calm page until they are back; the door accepts all the time."""
    os.kill(product.child("pages"), signal.SIGSTOP)
    try:
        assert product.send(project, event(message="meanwhile"))[0] == 200
    finally:
        os.kill(product.child("pages"), signal.SIGKILL)
    assert product.send(project, event(message="and again"))[0] == 200

    def page() -> bool:
        status, headers, body = product.post("/sign-in/", b"", method="GET")
        assert status == 200 or (status == 503 and b"starting" in body), (status, headers)
        return status == 200

    product.wait(page)
    assert product.wait_for_issue(project, "again")


def test_the_metrics_show_what_strangers_cost(product: Product) -> None:
    """Lag of the event loop, connections, and what is held."""
    text = product.post("/-/metrics", b"", method="GET")[2].decode()
    for name in ("event_loop_lag_seconds_bucket", "connections", "ingest_held_bytes", "pages_busy"):
        assert f"\nvedette_{name}" in text
    assert 'vedette_event_loop_lag_seconds_bucket{le="+Inf"}' in text
