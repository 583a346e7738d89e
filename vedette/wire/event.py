"""The typed view of an error event: the fields that the hot path reads.

`decode_event` is strict and fast; a payload it refuses goes through
`vedette.wire.normalise`, which nulls the bad fields and lets the event live.
Fields that only the event page shows (breadcrumbs, extra, vars, source lines) are
skipped here and read tolerantly from the stored payload. Source: protocol, section 4.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar, cast

import msgspec

from vedette.wire.template import fill

T = TypeVar("T")
Scalar: TypeAlias = str | int | float | bool | None


class Frame(msgspec.Struct, gc=False):
    """One stack frame. Frames are ordered oldest call first, crash frame last."""

    function: str | None = None
    raw_function: str | None = None
    module: str | None = None
    filename: str | None = None
    abs_path: str | None = None
    package: str | None = None
    platform: str | None = None
    lineno: int | None = None
    colno: int | None = None
    in_app: bool | None = None
    context_line: str | None = None
    symbol: str | None = None


class Stacktrace(msgspec.Struct, gc=False):
    """The frames of one stack; `frames` may hold nulls."""

    frames: list[Frame | None] | None = None


NOTHING = msgspec.Raw(b"null")  # raw JSON that was not sent


class Mechanism(msgspec.Struct, gc=False):
    """How an exception was caught; `handled` false makes the event unhandled.

    `meta` and `data` stay raw JSON until somebody needs them.
    """

    type: str | None = None
    handled: bool | None = None
    synthetic: bool | None = None
    source: str | None = None
    exception_id: int | None = None
    parent_id: int | None = None
    is_exception_group: bool | None = None
    meta: msgspec.Raw = NOTHING
    data: msgspec.Raw = NOTHING


class ExceptionValue(msgspec.Struct, gc=False):
    """One exception of a chain. A chain is ordered innermost cause first, shown one last."""

    type: str | None = None
    value: str | None = None
    module: str | None = None
    stacktrace: Stacktrace | None = None
    mechanism: Mechanism | None = None


class ExceptionValues(msgspec.Struct, gc=False):
    """The `{"values": [...]}` wrapper; a bare list is accepted too."""

    values: list[ExceptionValue | None]


class Thread(msgspec.Struct, gc=False):
    """One thread; the crashed or current one carries the stack of a thread-only event."""

    id: str | int | None = None
    name: str | None = None
    crashed: bool | None = None
    current: bool | None = None
    main: bool | None = None
    stacktrace: Stacktrace | None = None


class ThreadValues(msgspec.Struct, gc=False):
    """The `{"values": [...]}` wrapper of threads."""

    values: list[Thread | None]


class LogEntry(msgspec.Struct, gc=False):
    """A message: `message` is the template, `formatted` what people read.

    `params`, what the template is filled with, stays raw JSON until somebody needs it.
    """

    message: str | None = None
    formatted: str | None = None
    params: msgspec.Raw = NOTHING


class User(msgspec.Struct, gc=False):
    """Who was affected."""

    id: str | int | None = None
    email: str | None = None
    username: str | None = None
    name: str | None = None
    ip_address: str | None = None


class Request(msgspec.Struct, gc=False):
    """The HTTP request at hand; `headers` stays raw JSON until somebody needs it."""

    url: str | None = None
    method: str | None = None
    headers: msgspec.Raw = msgspec.Raw()


class TraceContext(msgspec.Struct, gc=False):
    """The trace and span in which the event happened."""

    trace_id: str | None = None
    span_id: str | None = None


class NamedContext(msgspec.Struct, gc=False):
    """A context known by name and version: os, browser, runtime."""

    name: str | None = None
    version: str | None = None


class DeviceContext(msgspec.Struct, gc=False):
    """The device: what search, tags and filters want of it."""

    id: str | int | None = None
    family: str | None = None
    model: str | None = None
    brand: str | None = None


class ResponseContext(msgspec.Struct, gc=False):
    """The answer to the request at hand."""

    status_code: str | int | None = None


class ReplayContext(msgspec.Struct, gc=False):
    """The session replay that saw the event."""

    replay_id: str | None = None


class Contexts(msgspec.Struct, gc=False):
    """The contexts that become columns; all others stay in the payload."""

    trace: TraceContext | None = None
    os: NamedContext | None = None
    browser: NamedContext | None = None
    client_os: NamedContext | None = None
    runtime: NamedContext | None = None
    device: DeviceContext | None = None
    replay: ReplayContext | None = None
    response: ResponseContext | None = None


class SdkSettings(msgspec.Struct, gc=False):
    """What the SDK asks the server to infer."""

    infer_ip: str | None = None


class Sdk(msgspec.Struct, gc=False):
    """The sending SDK."""

    name: str | None = None
    version: str | None = None
    settings: SdkSettings | None = None


class Event(msgspec.Struct, gc=False):
    """An error event as the pipeline reads it. Every field may be absent or null."""

    event_id: str | None = None
    type: str | None = None
    timestamp: str | int | float | None = None
    platform: str | None = None
    level: str | None = None
    logger: str | None = None
    transaction: str | None = None
    server_name: str | None = None
    release: str | None = None
    dist: str | None = None
    environment: str | None = None
    culprit: str | None = None
    fingerprint: list[str] | None = None
    message: str | None = None
    logentry: LogEntry | None = None
    exception: ExceptionValues | list[ExceptionValue | None] | None = None
    stacktrace: Stacktrace | None = None
    threads: ThreadValues | list[Thread | None] | None = None
    tags: dict[str, Scalar] | list[tuple[str, Scalar]] | None = None
    user: User | None = None
    request: Request | None = None
    contexts: Contexts | None = None
    sdk: Sdk | None = None
    debug_meta: msgspec.Raw = NOTHING

    @property
    def has_debug_meta(self) -> bool:
        """Whether it was sent with images, be there any or not."""
        return self.debug_meta is not NOTHING

    @property
    def exceptions(self) -> list[ExceptionValue]:
        """The exception chain without nulls, innermost cause first."""
        held = self.exception
        if held is None:
            return []
        return _present(held if isinstance(held, list) else held.values)

    @property
    def thread_list(self) -> list[Thread]:
        """The threads without nulls."""
        held = self.threads
        if held is None:
            return []
        return _present(held if isinstance(held, list) else held.values)

    @property
    def tag_pairs(self) -> list[tuple[str, Scalar]]:
        """The tags as pairs, whichever of the two shapes they came in."""
        if self.tags is None:
            return []
        return list(self.tags.items()) if isinstance(self.tags, dict) else self.tags

    def tag(self, name: str) -> Scalar:
        """The value of a tag; None where there is none."""
        if isinstance(self.tags, dict):
            return self.tags.get(name)
        return next((value for key, value in self.tags or () if key == name), None)

    @property
    def message_template(self) -> str | None:
        """The message as written in the source, before parameters were filled in."""
        entry = self.logentry
        if entry is not None and (entry.message or entry.formatted):
            return entry.message or entry.formatted
        return self.message

    @property
    def message_text(self) -> str | None:
        """The message as the SDK formatted it, else its template."""
        entry = self.logentry
        if entry is not None and (entry.formatted or entry.message):
            return entry.formatted or entry.message
        return self.message

    @property
    def message_shown(self) -> str | None:
        """The message as people read it: filled in here where the SDK did not."""
        entry = self.logentry
        if entry is None or entry.formatted or not entry.message or entry.params == NOTHING:
            return self.message_text
        return fill(entry.message, _decode_params(entry.params))


def _present(values: list[T | None]) -> list[T]:
    """The values without nulls; the list itself, not to be changed, where there are none."""
    if None in values:
        return [value for value in values if value is not None]
    return cast("list[T]", values)


_decode_params = msgspec.json.decode
decode_event = msgspec.json.Decoder(Event).decode
