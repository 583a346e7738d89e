"""What a relay is told: its upstream, whom it takes things from, and how much it keeps."""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

MOST_BYTES = 4 << 30
_LEAST_BYTES = 1 << 20
_DEFAULT_PORTS = {"http": 80, "https": 443}


class OptionError(ValueError):
    """An option that cannot be used; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server: the scheme, host and port of an address, and what stands before all paths."""

    scheme: str
    host: str
    port: int
    prefix: str = ""
    user: str = ""

    @property
    def name(self) -> str:
        """What a Host header calls it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def address(self) -> str:
        """It as an address, without what signs in there."""
        return f"{self.scheme}://{self.name}{self.prefix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one relay works. Empty lists allow everything; `name` is what it signs with in Via."""

    upstream: Place
    folder: Path
    most_bytes: int = MOST_BYTES
    projects: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    tunnel_path: str = "/tunnel"
    tunnel_hosts: frozenset[str] = frozenset()
    tells_addresses: bool = False
    proxy: Place | None = None
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    connections: int = 4
    at_once: int = 1
    timeout_seconds: float = 30.0
    longest_wait_seconds: float = 300.0
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 30.0
    name: str = field(default_factory=lambda: f"vedette-relay-{secrets.token_hex(8)}")

    def takes(self, key: str, project: str) -> bool:
        """Whether it relays for this key and project; a path may leave the project to the key."""
        if self.keys and key not in self.keys:
            return False
        return not self.projects or project in self.projects

    def tunnels_to(self, host: str) -> bool:
        """Whether the host of a DSN means the upstream."""
        return host.lower() in self.tunnel_hosts or host.lower() == self.upstream.host


def read_place(text: str, what: str) -> Place:
    """The server an address names. Raises OptionError."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError as error:
        raise OptionError(f"{what}: {text!r} is no address: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise OptionError(f"{what}: {text!r} is not http(s)://HOST[:PORT][/PATH]")
    if parts.query or parts.fragment:
        raise OptionError(f"{what}: {text!r} has more than a path behind the host")
    user = parts.netloc.rpartition("@")[0]
    place = port if port is not None else _DEFAULT_PORTS[parts.scheme]
    if not 0 < place < 65536:
        raise OptionError(f"{what}: the port of {text!r} cannot be connected to")
    return Place(parts.scheme, parts.hostname, place, parts.path.rstrip("/"), user)


def read_size(text: str) -> int:
    """A size as 500MB or 4GB. Raises OptionError."""
    from vedette.config import ConfigError, read_number

    try:
        size = read_number("--most-bytes", text)
    except ConfigError as error:
        raise OptionError(str(error)) from None
    if size < _LEAST_BYTES:
        raise OptionError(f"--most-bytes: {text!r} is less than 1MB")
    return size


def trust_of(ca_file: Path | None) -> ssl.SSLContext:
    """Whose certificates are believed: the system's, or those of one file. Raises OptionError."""
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise OptionError(f"--ca-file: {ca_file} cannot be used: {error}") from None
