"""nginx on loopback, in the open and with TLS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.probing.servers.certificates import authority, pairs
from tests.probing.servers.programs import free_port, program, running


def processes(folder: Path) -> list[int]:
    """The ids of master and workers, once there are some."""
    pid = folder / "pid"
    master = pid.read_text().strip() if pid.exists() else ""
    if not master:
        return []
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [int(master), *map(int, workers)] if workers else []


@contextmanager
def nginx(folder: Path, places: str) -> Iterator[tuple[int, int]]:
    """A server with these locations; `@HERE@` in them is its address with TLS. Gives both ports."""
    port, secure = free_port(), free_port()
    certificate, key = pairs()["good"].write(folder, "web")
    clients = folder / "clients.pem"
    clients.write_text(authority().pem)
    places = places.replace("@HERE@", f"https://127.0.0.1:{secure}")
    kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    config = folder / "nginx.conf"
    config.write_text(
        f"""
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; user root;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    gzip on; gzip_min_length 10; gzip_types application/json;
    {" ".join(f"{one}_temp_path {folder}/{one};" for one in kept)}
    server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}; {places} }}
    server {{
        listen 127.0.0.1:{secure} ssl; root {folder};
        ssl_certificate {certificate}; ssl_certificate_key {key};
        ssl_client_certificate {clients}; ssl_verify_client optional;
        {places}
    }}
}}
"""
    )
    with running([program("nginx"), "-c", str(config)], folder, lambda: bool(processes(folder))):
        yield port, secure
