"""Who sends: the public key from whichever of the five carriers a client uses.

Source: protocol, section 1.3. The carriers must agree when several are present.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

_KEY = re.compile(r"[0-9a-f]{32}\Z")
_SCHEME = re.compile(r"\s*sentry\s+(.*)\Z", re.IGNORECASE | re.DOTALL)
_QUERY_FIELDS = frozenset({b"sentry_key", b"sentry_version", b"sentry_client"})
_SEPARATOR = re.compile(r"[,\s]+")
MAX_VERSION = 8
_MOST_BYTES = 2048  # of one carrier


class AuthError(ValueError):
    """No usable credentials. `status` is the HTTP status, the text the answer's `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """A syntactically valid public key and the client that says it holds it."""

    public_key: str
    client: str = ""


def find_credentials(
    sentry_auth: bytes, authorization: bytes, query: bytes, path_key: str = ""
) -> Credentials | None:
    """The credentials of a request, or None if none of the carriers is present.

    Raises AuthError: 400 for a malformed key or version, 401 for contradicting carriers.
    """
    if len(sentry_auth) > _MOST_BYTES or len(authorization) > _MOST_BYTES:
        raise AuthError(400, "the authorization is too long")
    if sentry_auth and not (authorization or path_key or b"sentry_" in query):
        return _from_header(sentry_auth)
    found = [
        credentials
        for credentials in (
            _from_header(sentry_auth) if sentry_auth else None,
            _from_header(authorization) if authorization else None,
            _from_query(_sentry_fields(query)) if b"sentry_" in query else None,
            _checked(path_key, "7", "") if path_key else None,
        )
        if credentials is not None
    ]
    if not found:
        return None
    if any(other.public_key != found[0].public_key for other in found[1:]):
        raise AuthError(401, "multiple authorization payloads detected")
    return found[0]


@lru_cache(maxsize=1024)
def parse_dsn(dsn: str) -> tuple[Credentials, str]:
    """Credentials and project id of an envelope's `dsn` header. Raises AuthError (400)."""
    if len(dsn) > _MOST_BYTES:
        raise AuthError(400, "invalid dsn in the envelope header")
    try:
        parts = urlsplit(dsn)
        key = parts.username or ""
    except ValueError:
        raise AuthError(400, "invalid dsn in the envelope header") from None
    project = parts.path.rstrip("/").rpartition("/")[2]
    if parts.scheme not in ("http", "https") or not project.isdigit():
        raise AuthError(400, "invalid dsn in the envelope header")
    return _checked(key, "7", ""), project


@lru_cache(maxsize=4096)
def _from_header(value: bytes) -> Credentials | None:
    text = value.decode("latin-1")
    match = _SCHEME.match(text)
    if match:
        fields = dict(
            part.split("=", 1) for part in _SEPARATOR.split(match[1].strip()) if "=" in part
        )
        return _from_fields({key: unquote(item.strip('"')) for key, item in fields.items()})
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(rest, validate=True).decode("latin-1").partition(":")[0]
    except (binascii.Error, ValueError):
        raise AuthError(401, "bad basic authorization") from None
    return _checked(user, "7", "")


def _sentry_fields(query: bytes) -> bytes:
    """The parameters of a query that name a key, version or client; the last of each."""
    found = {}
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if name in _QUERY_FIELDS:
            found[name] = value[:_MOST_BYTES]
    return b"&".join(b"%b=%b" % pair for pair in found.items())


@lru_cache(maxsize=4096)
def _from_query(query: bytes) -> Credentials | None:
    fields = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if "sentry_key" not in fields:
        return None
    return _from_fields(fields)


def _from_fields(fields: dict[str, str]) -> Credentials:
    if "sentry_key" not in fields:
        raise AuthError(401, "missing sentry_key in the authorization")
    return _checked(
        fields["sentry_key"], fields.get("sentry_version") or "7", fields.get("sentry_client", "")
    )


def _checked(key: str, version: str, client: str) -> Credentials:
    key = key.partition(":")[0].lower()
    if not _KEY.match(key):
        raise AuthError(400, "bad sentry_key: 32 hexadecimal digits are needed")
    try:
        is_supported = 0 < float(version) <= MAX_VERSION
    except ValueError:
        is_supported = False
    if not is_supported:
        raise AuthError(400, f"unsupported protocol version ({version[:20]})")
    return Credentials(key, client[:128].replace("\0", ""))  # which no database takes
