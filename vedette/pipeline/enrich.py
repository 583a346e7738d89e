"""The columns of an event: what search, lists and charts ask for.

Derived once from the typed event; the payload itself stays as it was sent (and scrubbed).
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import xxhash

from vedette.items import RawItem, Row
from vedette.items._spans import header_of
from vedette.items.event import ERRORS
from vedette.pipeline.clients import user_agent
from vedette.pipeline.context import Context
from vedette.pipeline.grouping import Title
from vedette.pipeline.work import Work
from vedette.wire.agents import client_of
from vedette.wire.envelope import clean_event_id, new_event_id
from vedette.wire.event import Contexts, Event, Frame, NamedContext
from vedette.wire.scalars import parse_level, parse_timestamp

_FUTURE_SECONDS = 60.0
_PAST_SECONDS = 30 * 86400.0
_DRIFT_SECONDS = 55 * 60.0
# Columns that are tags as well: what people expect to find among an event's tags.
TAG_COLUMNS = (
    ("level", "level"),
    ("environment", "environment"),
    ("release", "release"),
    ("dist", "dist"),
    ("transaction", "transaction"),
    ("url", "url"),
    ("user", "user_key"),
    ("browser", "browser"),
    ("browser.name", "browser_name"),
    ("os", "os"),
    ("os.name", "os_name"),
    ("runtime", "runtime"),
    ("runtime.name", "runtime_name"),
    ("device", "device"),
    ("server_name", "server_name"),
    ("logger", "logger"),
    ("mechanism", "mechanism"),
)
_STACK_FRAMES = 60
_STACK_CHARACTERS = 6000
_LINE_CHARACTERS = 400
_MOST_TAGS = 100
_NO_CONTEXTS = Contexts()


def columns(work: Work, context: Context) -> Row:
    """The row of the errors table, without group, body and system columns."""
    event, meta, title = work.event, work.item.meta, work.title
    assert event is not None
    assert title is not None
    timestamp = event_time(
        event, meta.received, work.item.envelope.sent_at, held_seconds=meta.held_seconds
    )
    contexts, request, user = event.contexts, event.request, event.user
    agent = user_agent(request.headers) if request is not None else ""
    browser, system, device = client_of(agent)
    ip = address_of(event, meta.remote_address)
    trace = contexts.trace if contexts is not None else None
    values: dict[str, Any] = {
        "project_id": meta.project_id,
        "event_id": meta.event_id or clean_event_id(event.event_id) or new_event_id(),
        "timestamp": int(timestamp * 1_000_000),
        "received": int(meta.received * 1_000_000),
        "event_type": _event_type(event),
        "level": parse_level(event.level) or "error",
        "platform": clean(event.platform or "other", 64),
        "message": clean(event.message_shown, 8192) or None,
        **named(event, title),
        "transaction": clean(event.transaction, 200) or None,
        "release": clean(event.release, 250).strip() or None,
        "dist": clean(event.dist, 64) or None,
        "environment": clean(event.environment, 64).strip() or "production",
        "logger": clean(event.logger, 64) or None,
        "server_name": clean(event.server_name, 200) or None,
        "url": clean(request.url, 1024).partition("?")[0] or None if request else None,
        "http_method": clean(request.method, 16) or None if request else None,
        **_mechanism(event),
        "user_key": user_key(event, ip),
        "user_id": clean(str(user.id), 200) if user and user.id not in (None, "") else None,
        "user_email": clean(user.email, 254) or None if user else None,
        "user_username": clean(user.username, 200) or None if user else None,
        "user_ip": ip or None,
        "sdk_name": clean(event.sdk.name, 64) or None if event.sdk else None,
        "sdk_version": clean(event.sdk.version, 32) or None if event.sdk else None,
        "trace_id": clean_event_id(trace.trace_id) if trace else None,
        "span_id": clean(trace.span_id, 16) or None if trace else None,
        "size_bytes": len(work.payload),
        "remarks": work.remarks or None,
    }
    values["user_number"] = _number(values["user_key"])
    held = contexts or _NO_CONTEXTS
    values["browser"], values["browser_name"] = _named(held.browser, browser)
    values["os"], values["os_name"] = _named(held.client_os or held.os, system)
    values["runtime"], values["runtime_name"] = _named(held.runtime, ("", ""))
    values["device"] = _device(event) or device or None
    values["replay_id"] = _replay_id(event, work.item)
    values["tags"] = _tags(event, values)
    return Row(ERRORS, values)


def named(event: Event, title: Title) -> dict[str, Any]:
    """The columns that come of the frames: they change when these are read through maps."""
    return {
        "type": clean(title.type, 256) or None,
        "value": clean(title.value, 1024) or None,
        "culprit": clean(title.culprit, 200) or None,
        "stack": _stack_text(event) or None,
    }


def event_time(
    event: Event, received: float, sent_at: str | None, *, held_seconds: float = 0.0
) -> float:
    """When the event happened, in seconds, corrected for a wrong clock.

    A drift of an hour or so between `sent_at` and the server's clock moves the event; what
    still lies in the future or more than 30 days back happened now (protocol, 2 and 3). The time
    for which a relay has held it is no drift.
    """
    seconds = parse_timestamp(event.timestamp)
    if seconds is None:
        return received
    sent = parse_timestamp(sent_at) if sent_at else None
    drift = received - held_seconds - sent if sent is not None else 0.0
    if abs(drift) >= _DRIFT_SECONDS:
        seconds += drift
    if not received - _PAST_SECONDS <= seconds <= received + _FUTURE_SECONDS:
        return received
    return seconds


def clean(text: str | None, most: int) -> str:
    """A text without NUL, cut to a length."""
    if not text:
        return ""
    if "\x00" in text or len(text) > most:
        text = text if len(text) <= most else text[: most - 1] + "…"
        return text.replace("\x00", "")
    return text


def _event_type(event: Event) -> str:
    if event.type and event.type not in ("error", "default", "event"):
        return clean(event.type, 16)
    return "error" if any(value.type for value in event.exceptions) else "default"


def _mechanism(event: Event) -> dict[str, Any]:
    handled: bool | None = None
    name: str | None = None
    for value in event.exceptions:
        mechanism = value.mechanism
        if mechanism is None:
            continue
        name = mechanism.type or name
        if mechanism.handled is not None:
            handled = mechanism.handled and handled is not False
    return {"mechanism": clean(name, 64) or None, "handled": handled}


def user_key(event: Event, ip: str) -> str | None:
    """Who counts as one user: id, then username, e-mail, address."""
    user = event.user
    if user is not None:
        if user.id not in (None, ""):
            return f"id:{clean(str(user.id), 200)}"
        for name, value in (("username", user.username), ("email", user.email)):
            if value:
                return f"{name}:{clean(value, 200)}"
    return f"ip:{ip}" if ip else None


def _number(key: str | None) -> int | None:
    """The user's key as a signed 64-bit number: counting users must not read texts."""
    if key is None:
        return None
    number = xxhash.xxh3_64_intdigest(key.encode("utf-8", "replace"))
    return number - (1 << 64) if number >= 1 << 63 else number


def address_of(event: Event, remote: str) -> str:
    """The user's address: as sent, or the peer's where the SDK asks the server to look."""
    sent = event.user.ip_address if event.user is not None else None
    if sent and sent != "{{auto}}":
        return clean(sent, 64).removeprefix("::ffff:")
    infer = event.sdk.settings.infer_ip if event.sdk and event.sdk.settings else None
    if infer == "never":
        return ""
    if sent == "{{auto}}" or infer == "auto":
        return remote
    is_client = event.platform in ("javascript", "cocoa", "objc")
    return remote if is_client and infer is None and event.user is None else ""


def _named(context: NamedContext | None, parsed: tuple[str, str]) -> tuple[str | None, str | None]:
    """`name version` and `name` from a context, or from the user agent."""
    if context is not None and context.name:
        name = clean(context.name, 64).strip()
        version = clean(context.version, 64).strip()
        return (f"{name} {version}" if version else name), name
    name, version = parsed
    return (f"{name} {version}".strip() or None), name or None


def _device(event: Event) -> str:
    device = event.contexts.device if event.contexts else None
    return clean((device.model or device.family) if device else None, 64)


def _replay_id(event: Event, item: RawItem) -> str | None:
    """The replay that saw it, as SDKs say in one of three places."""
    replay = event.contexts.replay if event.contexts else None
    found = clean_event_id(replay.replay_id) if replay else None
    if found is None:
        found = clean_event_id(event.tag("replayId"))
    if found is None and b"replay_id" in item.envelope_line:
        found = clean_event_id(header_of(item).get("replay_id"))
    return found


def _tags(event: Event, columns: dict[str, Any]) -> list[tuple[str, str]]:
    """The sender's tags and those that columns give, as texts, each key once.

    The columns are repeated here so that one pass over one column answers "which values has
    each tag"; null values are left out.
    """
    found: dict[str, str] = {}
    for key, value in event.tag_pairs[:_MOST_TAGS]:
        if value is None or not key:
            continue
        if isinstance(value, float):
            value = str(int(value)) if isfinite(value) else ""
        text = clean(value if isinstance(value, str) else str(value), 200).strip()
        if text:
            found.setdefault(clean(key, 200), text)
    for key, column in TAG_COLUMNS:
        text = columns[column]
        if text:
            found.setdefault(key, text)
    if columns["handled"] is not None:
        found.setdefault("handled", "yes" if columns["handled"] else "no")
    return list(found.items())


def _stack_text(event: Event) -> str:
    """What a search inside stack traces looks through: one line a frame, crash frame first."""
    lines: list[str] = []
    for value in reversed(event.exceptions):
        if value.type or value.value:
            lines.append(f"{value.type or ''}: {(value.value or '')[:500]}")
        if value.stacktrace is not None:
            _frame_lines(value.stacktrace.frames, lines)
    if event.stacktrace is not None:
        _frame_lines(event.stacktrace.frames, lines)
    for thread in event.thread_list[:50]:
        if thread.stacktrace is not None and (thread.crashed or thread.current):
            _frame_lines(thread.stacktrace.frames, lines)
    return clean("\n".join(lines), _STACK_CHARACTERS)


def _frame_lines(frames: list[Frame | None] | None, lines: list[str]) -> None:
    for frame in reversed((frames or [])[-_STACK_FRAMES:]):
        if frame is None:
            continue
        path = frame.filename or frame.abs_path or frame.package or ""
        line = f"{frame.module or ''} {frame.function or ''} {path}:{frame.lineno or 0}"
        if frame.in_app and frame.context_line:
            line = f"{line} {frame.context_line.strip()[:120]}"
        lines.append(line[:_LINE_CHARACTERS])
