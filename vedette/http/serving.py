"""uvicorn as it is used here: for the public port, and for the pages' Unix socket."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import uvicorn

_STOP_SECONDS = 10  # less than the supervisor gives a role at the least
_KEEP_ALIVE_SECONDS = 75


def load() -> None:
    """Import what uvicorn imports when it starts."""
    import uvicorn.lifespan.on
    import uvicorn.loops.uvloop
    import uvicorn.protocols.http.httptools_impl  # noqa: F401


def serve_on_port(app: Any, host: str, port: int, protocol: Any) -> None:
    """Serve the door until SIGTERM."""
    settings = _settings(app, lifespan="on", http=protocol, date_header=True)
    settings.host, settings.port, settings.backlog = host, port, 2048
    uvicorn.Server(settings).run()


def serve_on_socket(app: Any, path: Path) -> None:
    """Serve on a Unix socket that only this user can reach, until SIGTERM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(1024)
        settings = _settings(app, lifespan="off", http="httptools", date_header=False)
        uvicorn.Server(settings).run(sockets=[listening])
    path.unlink(missing_ok=True)


def _settings(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        **more,
    )
