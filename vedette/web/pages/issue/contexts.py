"""The contexts of an event: known ones with labels and units, any other as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.web.pages.issue.payload import Payload, mapping, sequence, text
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, Shown, show_entries, show_value
from vedette.web.wording import size

_MOST_CONTEXTS = 60
_TITLES = {
    "trace": ("Trace", "waypoints"),
    "browser": ("Browser", "globe"),
    "os": ("Operating system", "monitor"),
    "client_os": ("Client operating system", "monitor"),
    "device": ("Device", "smartphone"),
    "runtime": ("Runtime", "zap"),
    "app": ("App", "app-window"),
    "gpu": ("GPU", "gauge"),
    "culture": ("Culture", "languages"),
    "response": ("Response", "send"),
    "flags": ("Feature flags", "flag"),
    "cloud_resource": ("Cloud", "cloud"),
    "profile": ("Profile", "activity"),
    "replay": ("Replay", "radio"),
    "otel": ("OpenTelemetry", "waypoints"),
    "state": ("State", "braces"),
    "monitor": ("Monitor", "clock"),
    "memory_info": ("Memory", "memory-stick"),
}
_FIRST = (
    "name",
    "version",
    "trace_id",
    "span_id",
    "parent_span_id",
    "op",
    "status",
    "model",
    "family",
    "brand",
)
_LABELS = {
    "os": "OS",
    "id": "ID",
    "ip": "IP",
    "cpu": "CPU",
    "gpu": "GPU",
    "url": "URL",
    "op": "Operation",
}
_SIZES = ("memory", "storage", "_bytes", "body_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextView:
    """One context: a title, a short answer beside it, and its rows."""

    key: str
    title: str
    icon: str
    headline: str
    entries: list[Entry]


def make_contexts(payload: Payload, budget: Budget) -> list[ContextView]:
    """Known contexts first, in a fixed order, then the others as they came."""
    held, remarks = mapping(payload.get("contexts")), Remarks.of(payload).at("contexts")
    order = list(_TITLES)
    kept = [(key, value) for key, value in held.items() if value][:_MOST_CONTEXTS]
    kept.sort(key=lambda pair: order.index(_type(*pair)) if _type(*pair) in order else len(order))
    return [_make_context(key, value, remarks.at(key), budget) for key, value in kept]


def _type(key: str, value: object) -> str:
    named = text(mapping(value).get("type"))
    return named if named in _TITLES else key


def _make_context(key: str, value: Any, remarks: Remarks, budget: Budget) -> ContextView:
    kind = _type(key, value)
    title, icon = _TITLES.get(kind, (label(key), "braces"))
    if kind != key and kind in _TITLES and kind not in key:
        title = f"{title} ({key})"
    if not isinstance(value, dict):
        entries = [Entry(label="Value", value=show_value(value, remarks, budget))]
    elif kind == "flags":
        entries = _flags(value, budget)
    else:
        entries = _entries(value, remarks, budget)
    fields = mapping(value)
    headline = " ".join(
        part for part in (text(fields.get("name")), text(fields.get("version")).strip()) if part
    )
    return ContextView(key=key, title=title, icon=icon, headline=headline, entries=entries)


def _entries(held: Payload, remarks: Remarks, budget: Budget) -> list[Entry]:
    rest = [key for key in held if key not in _FIRST and key != "type"]
    keys = [key for key in _FIRST if key in held] + rest
    made = []
    for key in keys[:200]:
        value = held[key]
        if value in (None, "", {}, []) and not remarks.at(key).words:
            continue
        made.append(Entry(label=label(key), value=_show(key, value, remarks.at(key), budget)))
    return made


def _show(key: str, value: Any, remarks: Remarks, budget: Budget) -> Shown:
    is_size = isinstance(value, int) and not isinstance(value, bool) and value > 4096
    if is_size and any(part in key for part in _SIZES):
        return show_value(f"{size(value)} ({value:,} bytes)", remarks, budget)
    if key == "battery_level" and isinstance(value, (int, float)):
        return show_value(f"{value:g} %", remarks, budget)
    return show_value(value.strip() if isinstance(value, str) else value, remarks, budget)


def _flags(held: Payload, budget: Budget) -> list[Entry]:
    rows = [mapping(row) for row in sequence(held.get("values"))][:100]
    known = {text(row.get("flag")): row.get("result") for row in rows if row.get("flag")}
    return show_entries(known, budget=budget)


def label(key: str) -> str:
    """A key as words: `kernel_version` as `Kernel version`; dotted keys stay as they are."""
    if "." in key or key != key.lower() or len(key) > 60:
        return key
    words = [_LABELS.get(word, word) for word in key.split("_") if word]
    if not words:
        return key
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])
