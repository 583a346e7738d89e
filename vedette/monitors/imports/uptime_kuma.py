"""Backups of Uptime Kuma (version 1), and lists of monitors as its API gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from vedette.monitors.imports import Format, Found
from vedette.monitors.imports._values import (
    heartbeat,
    load,
    number_of,
    quoted,
    says,
    text_of,
    timing,
)

_MOST: Final = 5000
_RANGE: Final = re.compile(r"(\d{3})(?:\s*-\s*(\d{3}))?\Z")
_PATH: Final = re.compile(r"(?:\$\.?)?([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)\Z")
Row = Mapping[str, Any]


def read(text: str) -> list[Found] | None:
    """The monitors of a backup."""
    given = load(text)
    rows = given.get("monitorList") if isinstance(given, dict) else None
    if isinstance(rows, dict):  # as the API gives them: by their number
        rows = list(rows.values())
    if not isinstance(rows, list):
        return None
    return [_found(row) for row in rows[:_MOST] if isinstance(row, dict)]


def _found(row: Row) -> Found:
    name = text_of(row.get("name"))[:128] or "Without a name"
    kind = text_of(row.get("type"))
    made = _KINDS.get(kind)
    if made is None:
        words = "a group holds others: use tags" if kind == "group" else f"no kind is like {kind}"
        return Found(name=name, notes=[words])
    notes: list[str] = []
    entry = made(row, notes)
    if row.get("upsideDown"):
        return Found(name=name, notes=["it was up when it failed: write that as a condition"])
    retries = number_of(row.get("maxretries"), 0)
    entry |= {"name": name}
    if entry["kind"] != "heartbeat":
        entry |= timing(row.get("interval"), row.get("timeout") or 10, retries + 1)
        entry["retry_every"] = int(min(max(number_of(row.get("retryInterval"), 20), 1), 3600))
    if text_of(row.get("description")):
        entry["runbook"] = text_of(row.get("description"))
    if row.get("active") in (False, 0):
        entry["enabled"] = False
    tags = _tags(row.get("tags"))
    if tags:
        entry["tags"] = tags
    return Found(name=name, entry=entry, notes=notes)


def _http(row: Row, notes: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": "http", "url": text_of(row.get("url"))}
    conditions = [_statuses(row.get("accepted_statuscodes"))]
    keyword = text_of(row.get("keyword"))
    if row.get("type") == "keyword" and keyword:
        conditions.append(says(keyword, is_wanted=not row.get("invertKeyword")))
    if row.get("type") == "json-query":
        conditions.append(_query(row, notes))
    entry["conditions"] = [one for one in conditions if one]
    method = text_of(row.get("method")).upper()
    if method and method != "GET":
        entry["method"] = method
    if text_of(row.get("body")):
        entry["body"] = text_of(row.get("body"))
    headers = load(text_of(row.get("headers")) or "null")
    if isinstance(headers, dict):
        entry["headers"] = [f"{text_of(key)}: {text_of(value)}" for key, value in headers.items()]
    if row.get("authMethod") in (None, "", "basic") and text_of(row.get("basic_auth_user")):
        entry["user"] = text_of(row.get("basic_auth_user"))
        entry["password"] = text_of(row.get("basic_auth_pass"))
    elif text_of(row.get("authMethod")) not in ("", "null", "basic"):
        notes.append(f"{text_of(row.get('authMethod'))} is left out: write how it signs in")
    if row.get("ignoreTls"):
        entry["verify"] = False
    if row.get("maxredirects") == 0:
        entry["follow"] = False
    return entry


def _statuses(given: object) -> str:
    """`200-299` and the like as a condition; empty if anything goes."""
    parts = []
    for one in given if isinstance(given, list) else ["200-299"]:
        match = _RANGE.match(text_of(one))
        if match and match[2]:
            parts.append(f"(status >= {match[1]} and status <= {match[2]})")
        elif match:
            parts.append(f"status == {match[1]}")
    if len(parts) == 1:
        return parts[0].removeprefix("(").removesuffix(")")
    return " or ".join(parts)


def _query(row: Row, notes: list[str]) -> str:
    path = _PATH.match(text_of(row.get("jsonPath")))
    if path is None:
        notes.append("its query of the document is no plain path: write it as a condition")
        return ""
    return f"$.{path[1]} == {_literal(text_of(row.get('expectedValue')))}"


def _literal(text: str) -> str:
    is_plain = text in ("true", "false") or re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
    return text if is_plain else quoted(text)


def _port(row: Row, notes: list[str]) -> dict[str, Any]:
    return {"kind": "tcp", "host": text_of(row.get("hostname")), "port": _port_of(row)}


def _ping(row: Row, notes: list[str]) -> dict[str, Any]:
    return {"kind": "ping", "host": text_of(row.get("hostname"))}


def _dns(row: Row, notes: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": "dns", "name": text_of(row.get("hostname"))}
    if text_of(row.get("dns_resolve_type")):
        entry["type"] = text_of(row.get("dns_resolve_type")).upper()
    if text_of(row.get("dns_resolve_server")):
        entry["server"] = text_of(row.get("dns_resolve_server"))
    return entry


def _push(row: Row, notes: list[str]) -> dict[str, Any]:
    notes.append("its address is another here: change it where it is called")
    return heartbeat(row.get("interval"))


def _redis(row: Row, notes: list[str]) -> dict[str, Any]:
    return {"kind": "redis", **_place(row, 6379)}


def _postgres(row: Row, notes: list[str]) -> dict[str, Any]:
    entry = {"kind": "postgres", **_place(row, 5432)}
    database = unquote(_parts(row).path.strip("/")) if _parts(row) else ""
    if database:
        entry["database"] = database
    if text_of(row.get("databaseQuery")):
        entry["query"] = text_of(row.get("databaseQuery"))
    return entry


def _grpc(row: Row, notes: list[str]) -> dict[str, Any]:
    host, _, port = text_of(row.get("grpcUrl")).partition(":")
    notes.append("only the standard health service is asked")
    return {
        "kind": "grpc",
        "host": host,
        "port": int(number_of(port, 443)),
        "tls": bool(row.get("grpcEnableTls")),
    }


def _place(row: Row, port: int) -> dict[str, Any]:
    """Host, port and credentials of a connection string."""
    parts = _parts(row)
    if parts is None:
        return {"host": "", "port": port}
    entry: dict[str, Any] = {"host": parts.hostname or "", "port": _number(parts) or port}
    if parts.username:
        entry["user"] = unquote(parts.username)
    if parts.password:
        entry["password"] = unquote(parts.password)
    return entry


def _parts(row: Row) -> Any:
    try:
        return urlsplit(text_of(row.get("databaseConnectionString")))
    except ValueError:
        return None


def _number(parts: Any) -> int | None:
    try:
        port: int | None = parts.port
    except ValueError:
        return None
    return port


def _port_of(row: Row) -> int:
    return int(number_of(row.get("port"), 0))


def _tags(given: object) -> dict[str, str]:
    made = {}
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and text_of(one.get("name")):
            made[text_of(one["name"])[:64]] = text_of(one.get("value"))[:200] or "yes"
    return dict(list(made.items())[:20])


_KINDS: Final[dict[str, Callable[[Row, list[str]], dict[str, Any]]]] = {
    "http": _http,
    "keyword": _http,
    "json-query": _http,
    "port": _port,
    "ping": _ping,
    "dns": _dns,
    "push": _push,
    "redis": _redis,
    "postgres": _postgres,
    "grpc-keyword": _grpc,
}
FORMAT = Format(
    name="uptime_kuma",
    label="Uptime Kuma",
    help="Settings, Backup, Export. Version 2 has no backup: its API gives the same list.",
    read=read,
)
