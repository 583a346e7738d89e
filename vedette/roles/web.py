"""The web role: the door, the pages and the API in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.config import HTTP_PROTOCOLS

from vedette import django_setup, logs
from vedette.config import Config
from vedette.ingest.app import Door
from vedette.ingest.keys import Key
from vedette.server import Server
from vedette.status import StatusPages
from vedette.store.remote import StoreClient

_WSGI_THREADS = 6
_HEAD_SECONDS = 20.0
_STOP_SECONDS = 15


def run(config: Config) -> None:
    """Serve until SIGTERM; requests under way are finished and the spool is flushed."""
    logs.start(config.log_level, "web")
    django_setup.setup(config)
    uvicorn.Server(
        uvicorn.Config(
            build(config),
            host=config.host,
            port=config.port,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_STOP_SECONDS,
            http=_protocol(),
            backlog=2048,
        )
    ).run()


def build(config: Config) -> Server:
    """The ASGI application. Django must be set up."""
    from django.core.wsgi import get_wsgi_application

    from vedette.store import access

    client = StoreClient(config.store_socket)
    access.use(client)
    door = Door(
        config,
        partial(load_keys, config.project_events_per_minute),
        writer_name="web",
        notify=config.run_folder / "spool.bell",
    )
    pages = WSGIMiddleware(get_wsgi_application(), workers=_WSGI_THREADS)  # type: ignore[arg-type]
    impatient = StoreClient(config.store_socket, connect_seconds=1, answer_seconds=3)
    status = StatusPages(config, impatient, door)
    return Server(door, pages, status, prefix=config.path_prefix)  # type: ignore[arg-type]


def load_keys(events_per_minute: int = 0) -> Mapping[str, Key]:
    """Every public key with what the door must know of it; `events_per_minute` is the default."""
    from django.db import close_old_connections

    from vedette.projects.models import ProjectKey

    close_old_connections()
    return {
        key.public_key: Key(
            key.project_id,
            key.is_active,
            key.events_per_minute or events_per_minute,
            tuple(str(domain).lower() for domain in key.project.allowed_domains),
        )
        for key in ProjectKey.objects.select_related("project")
    }


def _protocol() -> Any:
    """uvicorn's protocol with a limit on how long a request's head may take."""
    name = "httptools"
    try:
        import httptools  # noqa: F401
    except ImportError:
        name = "h11"
    module, _, attribute = HTTP_PROTOCOLS[name].partition(":")
    base: Any = getattr(__import__(module, fromlist=[attribute]), attribute)

    class Timed(base):  # type: ignore[misc]
        """Closes a connection whose first request's head does not arrive."""

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            loop = asyncio.get_running_loop()
            self._head_timer = loop.call_later(_HEAD_SECONDS, self._give_up)

        def _give_up(self) -> None:
            if self.cycle is None and not self.transport.is_closing():
                self.transport.close()

        def connection_lost(self, error: Exception | None) -> None:
            self._head_timer.cancel()
            super().connection_lost(error)

    return Timed
