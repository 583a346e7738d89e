"""The door role: ingest, status and the way to the pages, on the public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.config import Config
from vedette.roles import Role

if TYPE_CHECKING:
    from vedette.http.guard import Guard
    from vedette.server import Server


def load(config: Config) -> None:
    """The server and what it answers with."""
    import vedette.http.connection
    import vedette.http.serving
    import vedette.ingest.app
    import vedette.ingest.key_source
    import vedette.ingest.quota_source
    import vedette.server
    import vedette.status
    from vedette.options import groups

    vedette.http.serving.load()
    groups()  # found by folder: what is found after the fork is in memory twice


ROLE = Role(order=40, load=load)


def run(config: Config, index: int = 0) -> None:
    """Serve until SIGTERM; requests under way are finished and the spool is flushed."""
    from functools import partial

    from vedette import logs
    from vedette.garbage import spare_what_is_loaded
    from vedette.http.connection import Connection
    from vedette.http.guard import Guard
    from vedette.http.serving import serve_on_port

    logs.start(config.log_level, "door")
    guard = Guard()
    app = build(config, guard)
    spare_what_is_loaded(20_000, 50, 100)  # so that no request waits for it
    serve_on_port(app, config.host, config.port, partial(Connection, guard))


def build(config: Config, guard: Guard) -> Server:
    """The ASGI application. It loads no Django: the door starts without the database."""
    from vedette.http.body import clean
    from vedette.http.forwarder import Forwarder
    from vedette.http.lag import Lag
    from vedette.ingest.app import Door
    from vedette.ingest.key_source import KeySource
    from vedette.ingest.quota_source import QuotaSource
    from vedette.server import Server
    from vedette.status import StatusPages
    from vedette.store.remote import StoreClient

    clean(config.body_folder)
    door = Door(config, KeySource(config).load, QuotaSource(config).load)
    pages = Forwarder(
        config.pages_socket,
        config.body_folder,
        trusted_proxies=config.trusted_proxies,
        body_seconds=config.body_timeout_seconds,
        prefix=config.path_prefix,
    )
    impatient = StoreClient(config.store_socket, connect_seconds=1, answer_seconds=3)
    lag = Lag()
    status = StatusPages(config, impatient, door, pages=pages, guard=guard, lag=lag)
    return Server(door, pages, status, lag)
