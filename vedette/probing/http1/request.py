"""What is sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vedette import __version__
from vedette.probing.http1.address import Address
from vedette.probing.security import DEFAULT, TlsSettings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_ANYWHERE = frozenset({"accept", "accept-language", "accept-encoding", "user-agent"})
_ALWAYS = {
    "user-agent": f"Vedette/{__version__}",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
}


@dataclass(frozen=True)
class Request:
    """One request, and how many redirects may follow it."""

    address: Address
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    tls: TlsSettings = DEFAULT
    most_redirects: int = 10
    server_name: str = ""

    @cached_property
    def encoded(self) -> bytes:
        """The bytes on the wire, made once."""
        given = {name.lower() for name, _ in self.headers}
        lines = [f"{self.method} {self.address.target} HTTP/1.1"]
        if "host" not in given:
            lines.append(f"host: {self.address.authority}")
        lines += [f"{name}: {value}" for name, value in _ALWAYS.items() if name not in given]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"content-length: {len(self.body)}")
        lines.append("connection: close\r\n\r\n")
        return "\r\n".join(lines).encode("latin-1", "replace") + self.body


def to(request: Request, address: Address, status: int) -> Request:
    """The request that follows a redirect. Raises ValueError where it would give secrets away."""
    method, body = request.method, request.body
    if status == 303 or (status in (301, 302) and method == "POST"):
        method, body = ("HEAD" if method == "HEAD" else "GET"), b""
    headers, tls = request.headers, request.tls
    if address.origin != request.address.origin:
        if body:
            raise ValueError("the redirect would send the body elsewhere")
        headers = tuple((name, value) for name, value in headers if name.lower() in _ANYWHERE)
        tls = TlsSettings(verify=tls.verify, authorities=tls.authorities)
    elif not body:
        headers = tuple((name, value) for name, value in headers if name.lower() != "content-type")
    return Request(
        address=address,
        method=method,
        headers=headers,
        body=body,
        tls=tls,
        most_redirects=request.most_redirects - 1,
        server_name=request.server_name if address.host == request.address.host else "",
    )


def read_headers(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """`Name: value` in each line. Raises ValueError with words."""
    found: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name.strip()):
            raise ValueError("a header is written as Name: value")
        if name.strip().lower() in _OURS - {"host"}:
            raise ValueError(f"the header {name.strip()} is set by the probe itself")
        value = value.strip()
        if any(ord(char) < 32 or ord(char) in (127,) or ord(char) > 255 for char in value):
            raise ValueError(f"the header {name.strip()} has characters that cannot be sent")
        found.append((name.strip(), value))
    return tuple(found)


def named_hosts(lines: Any) -> tuple[str, ...]:
    """The values of `Host` among headers as they are written: a server of many sites sends what
    it is told to the one that is named.
    """
    given = lines.splitlines() if isinstance(lines, str) else lines or ()
    pairs = (str(line).partition(":") for line in given)
    return tuple(value.strip() for name, _, value in pairs if name.strip().lower() == "host")


def basic(user: str, password: str) -> tuple[str, str]:
    """The header of basic authentication (RFC 7617)."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return "authorization", f"Basic {token}"


def bearer(token: str) -> tuple[str, str]:
    """The header that carries a token (RFC 6750)."""
    return "authorization", f"Bearer {token}"
