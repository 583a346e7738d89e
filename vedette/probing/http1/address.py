"""An http(s) address taken apart, as a request needs it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

_SAFE = "/%:@!$&'()*+,;=~-._[]"
MOST_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """`target` is what stands in the request line; `host` is ASCII, without brackets."""

    is_secure: bool
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: the value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[bool, str, int]:
        """To which secrets may be sent that were meant for it."""
        return self.is_secure, self.host, self.port

    @property
    def shown(self) -> str:
        """The address without its query, in which secrets may be."""
        return f"{self.scheme}://{self.authority}{self.target.partition('?')[0]}"

    @property
    def scheme(self) -> str:
        """http or https."""
        return "https" if self.is_secure else "http"


def read_address(url: str, schemes: tuple[str, str] = ("http", "https")) -> Address:
    """Take apart; the second of the schemes is the secure one. Raises ValueError with words."""
    if len(url) > MOST_CHARACTERS:
        raise ValueError("the address is too long")
    if any(char <= " " or char == "\x7f" for char in url):
        raise ValueError("the address has blanks in it")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ValueError(f"this is no address: {error}") from None
    if parts.scheme not in schemes or not host:
        raise ValueError(f"an address begins with {schemes[1]}:// or {schemes[0]}://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("name and password have fields of their own")
    if port == 0:
        raise ValueError("port 0 cannot be connected to")
    is_secure = parts.scheme == schemes[1]
    target = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_SAFE + "?")
    return Address(is_secure, ascii_host(host), port or (443 if is_secure else 80), target)


def ascii_host(host: str) -> str:
    """A host as resolvers and headers take it. Raises ValueError with words."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(f"{host!r} is no name of a host: {error}") from None
    labels = host.lower().rstrip(".").split(".")
    if not all(
        0 < len(one) < 64 and one.replace("-", "a").replace("_", "a").isalnum() for one in labels
    ):
        raise ValueError(f"{host!r} is no name of a host")
    return host.lower()


def redirected(address: Address, location: str) -> Address:
    """Where an answer leads to. Raises ValueError with words."""
    base = f"{address.scheme}://{address.authority}{address.target}"
    return read_address(urljoin(base, location.strip()).partition("#")[0].replace(" ", "%20"))
