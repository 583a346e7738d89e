"""Monitors of UptimeRobot: the answer of its `getMonitors`, or its list as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from vedette.monitors.imports import Format, Found
from vedette.monitors.imports._values import heartbeat, load, number_of, says, text_of, timing

_MOST: Final = 5000
_PORTS: Final = {"1": 80, "2": 443, "3": 21, "4": 25, "5": 110, "6": 143}
_KINDS: Final = {
    "1": "http",
    "2": "keyword",
    "3": "ping",
    "4": "port",
    "5": "heartbeat",
    "https": "http",
    "http(s)": "http",
}
# Names of columns as they are written here and there, to those of the API.
_COLUMNS: Final = {
    "friendly name": "friendly_name",
    "name": "friendly_name",
    "url/ip": "url",
    "url": "url",
    "type": "type",
    "interval": "interval",
    "keyword type": "keyword_type",
    "keyword value": "keyword_value",
    "port": "port",
    "status": "status",
}


def read(text: str) -> list[Found] | None:
    """The monitors of either form."""
    given = load(text)
    if given is None:
        return _table(text)
    rows = given.get("monitors") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        return None
    if rows and not any("friendly_name" in one for one in rows):
        return None
    return [_found(one) for one in rows[:_MOST]]


def _table(text: str) -> list[Found] | None:
    try:
        rows = list(csv.reader(io.StringIO(text[:2_000_000])))
    except csv.Error:
        return None
    names = [_COLUMNS.get(one.strip().lower(), "") for one in rows[0]] if rows else []
    if not {"friendly_name", "url", "type"} <= set(names):
        return None
    return [_found(dict(zip(names, row, strict=False))) for row in rows[1 : _MOST + 1] if any(row)]


def _found(row: Mapping[str, Any]) -> Found:
    name = text_of(row.get("friendly_name"))[:128] or text_of(row.get("url"))[:128] or "No name"
    kind = text_of(row.get("type")).lower()
    kind = _KINDS.get(kind, kind)
    notes: list[str] = []
    url = text_of(row.get("url"))
    if kind in ("http", "keyword"):
        entry: dict[str, Any] = {"kind": "http", "url": url, "conditions": ["status < 400"]}
        keyword = text_of(row.get("keyword_value"))
        if kind == "keyword" and keyword:
            is_wanted = text_of(row.get("keyword_type")).lower() in ("2", "not exists")
            entry["conditions"].append(says(keyword, is_wanted=is_wanted))
        if text_of(row.get("http_username")):
            entry["user"] = text_of(row.get("http_username"))
            entry["password"] = text_of(row.get("http_password"))
    elif kind == "ping":
        entry = {"kind": "ping", "host": url}
    elif kind == "port":
        port = number_of(row.get("port"), 0) or _PORTS.get(text_of(row.get("sub_type")), 0)
        entry = {"kind": "tcp", "host": url, "port": int(port)}
    elif kind == "heartbeat":
        entry = heartbeat(row.get("interval"))
        notes.append("its address is another here: change it where it is called")
    else:
        return Found(name=name, notes=[f"no kind is like {kind or 'this'}"])
    entry["name"] = name
    if entry["kind"] != "heartbeat":
        entry |= timing(row.get("interval"))
    if text_of(row.get("status")).lower() in ("0", "paused"):
        entry["enabled"] = False
    return Found(name=name, entry=entry, notes=notes)


FORMAT = Format(
    name="uptimerobot",
    label="UptimeRobot",
    help="The answer of getMonitors (API v2) as JSON, or the list of monitors as CSV.",
    read=read,
)
