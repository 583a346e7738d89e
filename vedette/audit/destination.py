"""Where an audit is uploaded to, as Sentry's own command line is told: options, environment, file.

The nearest wins: an option, then the environment, then `.sentryclirc`, of the checkout's root and
of the home folder.
"""

from __future__ import annotations

import base64
import configparser
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from vedette.audit.errors import Misasked
from vedette.audit.walk import shown

_FILE = ".sentryclirc"
_TOKENS = ("VEDETTE_AUTH_TOKEN", "SENTRY_AUTH_TOKEN")
_URLS = ("VEDETTE_URL", "SENTRY_URL")
_ORGANIZATIONS = ("VEDETTE_ORG", "SENTRY_ORG")
_PROJECTS = ("VEDETTE_PROJECT", "SENTRY_PROJECT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A server, an organisation there (empty: the token's only one), a project; the token is
    never shown."""

    url: str
    token: str = field(repr=False)
    organization: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line names; empty for what it does not."""

    url: str = ""
    organization: str = ""
    project: str = ""


def find(
    root: str, options: Options, environment: Mapping[str, str], home: Path | None
) -> Destination:
    """The destination. Raises `Misasked` if there is no address or no token.

    A file of the checkout may name the server only together with a token of its own: else whoever
    wrote it would be sent the person's token.
    """
    theirs, own = _read(Path(root) / _FILE), _read(home / _FILE) if home else {}
    token = _first(environment, _TOKENS)
    if token:
        theirs.pop("url", None)
    elif "token" in theirs:
        token = theirs["token"]
    else:
        theirs.pop("url", None)
        token = own.get("token", "")
    held = {**_told_by(token), **own, **theirs}
    url = options.url or _first(environment, _URLS) or held.get("url", "")
    if not url:
        raise Misasked("where to? Name the server with --url, or in SENTRY_URL")
    if not token:
        raise Misasked("a token is needed: put it into SENTRY_AUTH_TOKEN or .sentryclirc")
    return Destination(
        url=_address(url),
        token=token,
        organization=options.organization
        or _first(environment, _ORGANIZATIONS)
        or held.get("org", ""),
        project=options.project or _first(environment, _PROJECTS) or held.get("project", ""),
    )


def _told_by(token: str) -> dict[str, str]:
    """What a token of an organisation says of itself: the server that made it, and its name."""
    prefix, _, rest = token.partition("_")
    if prefix != "sntrys":
        return {}
    try:
        said = json.loads(base64.b64decode(rest.partition("_")[0], validate=True))
    except (ValueError, RecursionError):
        return {}
    held = said if isinstance(said, dict) else {}
    return {name: held[name] for name in ("url", "org") if isinstance(held.get(name), str)}


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misasked(f"{shown(url)[:200]}: is no address; it begins with https:// or http://")
    if parts.username or parts.password:
        raise Misasked("the address of the server must hold no name and no password")
    return url.strip().rstrip("/")


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name].strip() for name in names if environment.get(name)), "")


def _read(path: Path) -> dict[str, str]:
    """`[auth] token`, `[defaults] url, org, project`; nothing of a file that cannot be read."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        if not path.is_file() or os.path.getsize(path) > 1 << 16:
            return {}
        parser.read(path, "utf-8")
    except (OSError, UnicodeDecodeError, configparser.Error):
        return {}
    found = {name: parser.get("defaults", name, fallback="") for name in ("url", "org", "project")}
    found["token"] = parser.get("auth", "token", fallback="")
    return {name: value.strip() for name, value in found.items() if value.strip()}
