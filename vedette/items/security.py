"""Browsers' security reports (CSP and its older relatives) and network errors, as events.

Source: protocol, section 1.9. Both spellings of the report's keys are read.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._columns import PERSON
from vedette.items.event import ERRORS
from vedette.outcome import Drop, DropReason
from vedette.wire.envelope import build_envelope

_INLINE = ("", "self", "inline", "eval", "wasm-eval", "data", "blob")
_NAMES = {"img": "image", "frame": "frame", "frame-ancestors": "frame", "connect": "connect"}


def read(item: RawItem) -> Effects | Drop:
    """The report as the JSON of an event."""
    if item.header.type == "security":
        return Effects(event=item.payload)
    try:
        report = msgspec.json.decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(report, dict):
        return Drop(DropReason.INVALID_ITEM, "not_a_report")
    event = _nel_event(report, item) if item.header.type == "nel" else _security_event(report)
    if event is None:
        return Drop(DropReason.INVALID_ITEM, "unknown_report")
    if item.header.sentry_release:
        event["release"] = item.header.sentry_release
    if item.header.sentry_environment:
        event["environment"] = item.header.sentry_environment
    event.setdefault("timestamp", item.meta.received)
    return Effects(event=msgspec.json.encode(event))


def sample() -> bytes:
    """A blocked image."""
    report = {
        "csp-report": {
            "document-uri": "https://shop.example/cart",
            "effective-directive": "img-src",
            "blocked-uri": "https://ads.example/pixel.png",
        }
    }
    return build_envelope({}, [({"type": "raw_security"}, msgspec.json.encode(report))])


def _security_event(report: dict[str, Any]) -> dict[str, Any] | None:
    if isinstance(report.get("csp-report"), dict):
        return _csp_event(report["csp-report"])
    if report.get("type") == "csp-violation" and isinstance(report.get("body"), dict):
        return _csp_event(report["body"])
    for key, kind, label in (
        ("expect-ct-report", "expectct", "Expect-CT"),
        ("expect-staple-report", "expectstaple", "Expect-Staple"),
    ):
        if isinstance(report.get(key), dict):
            return _host_event(report[key], kind, label)
    if "known-pins" in report:
        return _host_event(report, "hpkp", "Public key pinning")
    return None


def _csp_event(report: dict[str, Any]) -> dict[str, Any]:
    blocked = _pick(report, "blocked-uri", "blockedURL", "blocked_uri") or "self"
    violated = _pick(report, "violated-directive", "violatedDirective", "violated_directive")
    directive = _pick(report, "effective-directive", "effectiveDirective", "effective_directive")
    directive = (directive or violated).split(" ")[0] or "unknown"
    document = _pick(report, "document-uri", "documentURL", "document_uri")
    source = _pick(report, "source-file", "sourceFile", "source_file")
    host = blocked if blocked in _INLINE else _host_of(blocked) or blocked
    short = directive.removesuffix("-elem").removesuffix("-attr").removesuffix("-src")
    noun = _NAMES.get(short, short)
    if blocked in _INLINE:
        message = f"Blocked inline '{noun}'"
        if blocked in ("eval", "wasm-eval"):
            message = f"Blocked unsafe eval '{noun}'"
        elif noun in ("script", "style") and "unsafe-inline" in violated:
            message = f"Blocked unsafe inline '{noun}'"
    else:
        message = f"Blocked '{noun}' from '{host}'"
    return {
        "type": "csp",
        "platform": "javascript",
        "level": "error",
        "logger": "csp",
        "logentry": {"formatted": message},
        "culprit": (violated or directive)[:200],
        "fingerprint": ["csp", directive, host],
        "tags": {
            "effective-directive": directive,
            "blocked-uri": blocked[:200],
            "disposition": _pick(report, "disposition"),
        },
        "request": {"url": document},
        "extra": {"csp": report, "source_file": source},
    }


def _host_event(report: dict[str, Any], kind: str, label: str) -> dict[str, Any]:
    host = _pick(report, "hostname") or "unknown host"
    return {
        "type": kind,
        "platform": "other",
        "level": "error",
        "logger": kind,
        "logentry": {"formatted": f"{label} failed for '{host}'"},
        "fingerprint": [kind, host],
        "tags": {"hostname": host, "port": _pick(report, "port")},
        "request": {"url": f"https://{host}/"},
        "extra": {kind: report},
    }


def _nel_event(report: dict[str, Any], item: RawItem) -> dict[str, Any] | None:
    body = report.get("body")
    if not isinstance(body, dict):
        return None
    kind, phase = _pick(body, "type"), _pick(body, "phase")
    status = _pick(body, "status_code")
    message = f"{phase} / {kind}" + (f" ({status})" if kind == "http.error" else "")
    age = report.get("age")
    seconds = age / 1000 if isinstance(age, int | float) and 0 <= age < 3e9 else 0
    url = _pick(report, "url")
    return {
        "type": "nel",
        "platform": "javascript",
        "level": "info" if kind == "ok" else "error",
        "logger": "nel",
        "timestamp": item.meta.received - seconds,
        "logentry": {"formatted": message},
        "culprit": url[:200],
        "fingerprint": ["nel", phase, kind, _host_of(url)],
        "tags": {
            "method": _pick(body, "method"),
            "protocol": _pick(body, "protocol"),
            "status_code": status,
            "server_ip": _pick(body, "server_ip"),
        },
        "request": {"url": url, "headers": {"User-Agent": _pick(report, "user_agent")}},
        "extra": {"nel": report},
    }


def _host_of(url: str) -> str:
    """The host of an address; empty if it is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _pick(report: dict[str, Any], *names: str) -> str:
    for name in names:
        value = report.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    return ""


KIND = ItemKind(
    types=("raw_security", "security", "nel"),
    category="security",
    worth=Worth.SAMPLE,
    person=PERSON,
    spares="group_id",
    carries_event_id=True,
    tables=(ERRORS,),
    read=read,
    sample=sample,
)
