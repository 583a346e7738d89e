"""coturn on loopback, as it is asked for. Its relay has ports that the system gives nobody."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.probing.servers.certificates import pairs
from tests.probing.servers.programs import answers, free_port, program, running
from vedette.probing.turn.messages import Kind, Message, Method, encode, new_transaction

SECRET = "correct-horse-battery"


@dataclass(frozen=True)
class Turn:
    """A server that runs."""

    port: int
    tls_port: int
    process: subprocess.Popen[bytes]
    first_port: int
    last_port: int

    def allocations(self) -> int:
        """How many ports its relay holds."""
        lines = Path("/proc/net/udp").read_text().splitlines()[1:]
        ports = [int(line.split()[1].rpartition(":")[2], 16) for line in lines]
        return sum(self.first_port <= port <= self.last_port for port in ports)


@contextmanager
def coturn(folder: Path, *options: str, ports: tuple[int, int]) -> Iterator[Turn]:
    """A server with a shared secret, unless the options say otherwise. No two have the same
    `ports`: tests run beside each other."""
    port, tls_port = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = pairs()["good"].write(folder, "turn")
    given = options if any("user=" in one for one in options) else (*_SECRET, *options)
    lines = [
        *("listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "realm=shop.example", "no-cli"),
        *(f"listening-port={port}", f"tls-listening-port={tls_port}", "no-dtls", "fingerprint"),
        *(f"min-port={ports[0]}", f"max-port={ports[1]}", f"cert={certificate}", f"pkey={key}"),
        *(f"log-file={folder}/turn.log", "simple-log", f"pidfile={folder}/turn.pid"),
        *(f"userdb={folder}/turn.db", "no-rfc5780", "relay-threads=1", *given),
    ]
    config = folder / "turn.conf"
    config.write_text("\n".join(lines) + "\n")
    words = [program("turnserver"), "-c", str(config)]
    with running(words, folder, lambda: _is_ready(port)) as process:
        yield Turn(port, tls_port, process, *ports)


def _is_ready(port: int) -> bool:
    """Whether it takes connections and answers datagrams: it begins with either."""
    asked = encode(Message(Method.BINDING, Kind.REQUEST, new_transaction()))
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.settimeout(0.2)
        held.connect(("127.0.0.1", port))
        held.send(asked)
        return bool(held.recv(1000)) and answers(port)
    return False


_SECRET = ("use-auth-secret", f"static-auth-secret={SECRET}")
