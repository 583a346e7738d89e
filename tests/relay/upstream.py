"""A server that stands for any upstream: it writes down what comes and answers as it is told."""

from __future__ import annotations

import gzip
import http.server
import json
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from vedette.wire.envelope import read_headers, walk_items

Said: TypeAlias = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The event id of an envelope."""
        found: str = json.loads(self.body.partition(b"\n")[0])["event_id"]
        return found


class Upstream:
    """Use as a context manager. `say` gives status and headers for a request."""

    def __init__(self, port: int = 0) -> None:
        self.seen: list[Seen] = []
        self.say: Callable[[Seen], Said] = lambda seen: (200, {})
        self.connections = 0
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                upstream.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, body)
                status, answer = upstream.say(seen)
                upstream.seen.append(seen)
                self.send_response(status)
                for name, value in answer.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(b"{}")

            do_GET = do_HEAD = do_POST  # noqa: N815 - the names are http.server's

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                """A relay that was killed is no error here."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Upstream:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on; a handshake that fails ends its own connection only."""
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )

    @property
    def ids(self) -> list[str]:
        """The event ids of all envelopes, in the order in which they came."""
        return [seen.id for seen in self.seen]


def types(seen: Seen) -> set[str]:
    """The item types of an envelope."""
    body = gzip.decompress(seen.body) if "content-encoding" in seen.headers else seen.body
    _, offset = read_headers(body)
    return {item.header.type for item in walk_items(body, offset)}


def reported(upstream: Upstream) -> Counter[tuple[str, str]]:
    """What client reports of the relay have told, each delivery once."""
    counted: Counter[tuple[str, str]] = Counter()
    names = set()
    for seen in upstream.seen:
        if types(seen) != {"client_report"} or seen.headers["idempotency-key"] in names:
            continue
        names.add(seen.headers["idempotency-key"])
        report: dict[str, Any] = json.loads(seen.body.split(b"\n")[2])
        for entry in report["discarded_events"]:
            counted[entry["category"], entry["reason"]] += entry["quantity"]
    return counted
