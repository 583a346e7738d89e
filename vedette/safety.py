"""What makes an installation unsafe, and how to mend it: for `vedette doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from vedette.config import Config
from vedette.finding import Finding

_SHORTEST_KEY = 32
_MOST_FILES = 100_000
_WIDE_PREFIX = 8


def file_modes(config: Config) -> Finding:
    """Files that other users of the machine could read."""
    looked = 0
    for path in _files(config.data):
        looked += 1
        if looked > _MOST_FILES:
            break
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue  # gone meanwhile, as day files and sockets go
        if mode & 0o077 and not path.is_symlink():
            return Finding(
                f"{path} is open to others on this machine", f"chmod -R go= {config.data}"
            )
    return Finding(f"nothing in {config.data} is open to others")


def address(config: Config) -> Finding:
    """Whether people reach it by a name of its own, and encrypted."""
    is_public = not _is_loopback(config.host)
    host = urlsplit(config.base_url).hostname or ""
    if not config.url and is_public:
        return Finding(
            f"it listens on {config.listen}, but has no address of its own: links, DSNs and "
            "mails would name the wrong one",
            "set VEDETTE_URL to the address that people use, as https://errors.example.com",
        )
    if config.base_url.startswith("http://") and not _is_loopback(host):
        return Finding(
            f"{config.base_url} is not encrypted: passwords and sessions can be read on the way",
            "put a proxy with a certificate in front and set VEDETTE_URL to https://…",
        )
    if config.base_url.startswith("https://") and not config.trusted_proxies and not is_public:
        return Finding(
            "every client has the address of the proxy: strangers share one limit",
            "set VEDETTE_TRUSTED_PROXIES to the number of proxies in front, mostly 1",
        )
    return Finding(config.base_url)


def settings(config: Config) -> Finding:
    """Settings that are allowed and weak; the first one is named."""
    for text, advice in _weak(config):
        return Finding(text, advice)
    return Finding("no setting is weak")


def _weak(config: Config) -> Iterator[tuple[str, str]]:
    if config.secret_key and len(config.secret_key) < _SHORTEST_KEY:
        yield (
            "VEDETTE_SECRET_KEY is short: sessions could be forged",
            "leave it empty, so that one is made, or use: openssl rand -base64 48",
        )
    if config.mail_url.startswith("smtp+plain://") and not _is_loopback(
        urlsplit(config.mail_url).hostname or ""
    ):
        yield (
            "mail, with its sign-in links, leaves this machine unencrypted",
            "use smtp:// (STARTTLS) or smtps:// in VEDETTE_MAIL_URL",
        )
    if any(name.strip() in ("*", ".") for name in config.hosts.split(",")):
        yield "VEDETTE_HOSTS lets every name through", "list the names, as errors.example.com"
    for name in filter(None, (one.strip() for one in config.outgoing_networks.split(","))):
        if ip_network(name, strict=False).prefixlen < _WIDE_PREFIX:
            yield (
                f"VEDETTE_OUTGOING_NETWORKS allows {name}: requests may go nearly anywhere inside",
                "name only the networks that are needed, as 10.1.0.0/16",
            )
    if not config.disk_free_min_bytes:
        yield "VEDETTE_DISK_FREE_MIN_BYTES is 0: a full disk stops everything", "leave it at 512MB"


def _files(folder: Path) -> Iterator[Path]:
    return folder.rglob("*") if folder.exists() else iter(())


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
