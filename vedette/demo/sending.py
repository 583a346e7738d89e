"""Posting envelopes to a door over HTTP, as an SDK does."""

from __future__ import annotations

import gzip
import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from vedette.wire.envelope import build_envelope

_TRIES = 20
_CONNECTIONS = 16


class SendError(Exception):
    """The server cannot be reached or refuses; the text says what to do."""


def check(listen: str) -> None:
    """Raises SendError where no server answers at HOST:PORT."""
    connection = http.client.HTTPConnection(listen, timeout=10)
    try:
        connection.request("GET", "/-/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        raise SendError(
            f"nothing answers at http://{listen} ({error}); start the server with 'vedette serve' "
            "first, with the same --data"
        ) from error
    finally:
        connection.close()


class Sender:
    """One connection to a DSN."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        maker = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = maker(parts.hostname or "", parts.port, timeout=30)
        prefix, _, project = parts.path.rpartition("/")
        self._path = f"{prefix}/api/{project}/envelope/"
        self._headers = {
            "X-Sentry-Auth": f"Sentry sentry_key={parts.username}, sentry_version=7, "
            "sentry_client=vedette-demo/1",
            "Content-Type": "application/x-sentry-envelope",
            "Content-Encoding": "gzip",
        }

    def send(self, event: dict[str, Any]) -> str:
        """Send one event and return its id. Raises SendError."""
        return self.post(_enveloped(event))

    def post(self, envelope: bytes) -> str:
        """Send an envelope and return the id of its event, if it has one. Raises SendError."""
        body = gzip.compress(envelope, 1)
        for _ in range(_TRIES):
            try:
                self._connection.request("POST", self._path, body, self._headers)
                answer = self._connection.getresponse()
                text = answer.read()
            except OSError as error:
                raise SendError(f"the server does not answer ({error}); is it running?") from error
            if answer.status == 200:
                return str(json.loads(text).get("id", ""))
            if answer.status != 429:
                raise SendError(f"the server answered {answer.status}: {text[:300].decode()}")
            time.sleep(min(int(answer.getheader("Retry-After") or 1), 5))
        raise SendError("the server keeps refusing; its backlog or disk is full")


def send_all(dsn: str, events: Sequence[dict[str, Any]]) -> int:
    """Send many over several connections, in order but for neighbours; returns how many."""
    return post_all(dsn, [_enveloped(event) for event in events])


def post_all(dsn: str, envelopes: Sequence[bytes]) -> int:
    """The same for envelopes of anything."""

    def post_share(share: Sequence[bytes]) -> int:
        sender = Sender(dsn)
        for envelope in share:
            sender.post(envelope)
        return len(share)

    shares = [envelopes[start::_CONNECTIONS] for start in range(_CONNECTIONS)]
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        return sum(pool.map(post_share, shares))


def _enveloped(event: dict[str, Any]) -> bytes:
    item: tuple[dict[str, object], bytes] = ({"type": "event"}, json.dumps(event).encode())
    return build_envelope({"event_id": event["event_id"]}, [item])
