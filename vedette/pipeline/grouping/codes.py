"""What an error is, where its type does not say: the code it carries elsewhere.

`OSError`, `PDOException` or `NSError` are families: which of them happened stands in the
mechanism (`meta.ns_error`, `meta.errno`) or in wording of the platform's own (`wordings`). Types
that say it themselves (`FileNotFoundError`) are not listed and are not read.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from vedette.pipeline.grouping.services import Wording
from vedette.pipeline.grouping.wordings import (
    BY_PLATFORM_OF_APPLE,
    FAMILIES,
    GRPC,
    ONLY_EXACTLY,
    RESULTS,
    SQL,
    code_in,
    name_of_errno,
)
from vedette.wire.event import NOTHING, ExceptionValue, Mechanism

_MAX_CHARS: Final = 600
_APPLE_PLATFORMS: Final = frozenset({"cocoa", "swift", "objc", "apple-ios"})


_LAST_NAME: Final = re.compile(r"(?<!^\*)\b\w+$")


class _Named(msgspec.Struct, gc=False):
    """A code of the operating system: a number and, if the SDK knows it, a name."""

    number: int | None = None
    name: str | None = None


class _ErrorOfApple(msgspec.Struct, gc=False):
    domain: str | None = None
    code: int | str | None = None


class _Meta(msgspec.Struct, gc=False):
    """`mechanism.meta` (protocol, section 4)."""

    ns_error: _ErrorOfApple | None = None
    errno: _Named | None = None
    signal: _Named | None = None


class _Data(msgspec.Struct, gc=False):
    """`mechanism.data` as the .NET SDK fills it."""

    result: str | int | None = msgspec.field(default=None, name="HResult")


_read_meta: Final = msgspec.json.Decoder(_Meta | None).decode
_read_data: Final = msgspec.json.Decoder(_Data | None).decode


def code_of(exception: ExceptionValue, platform: str | None) -> str:
    """The code that tells this error from others of its type; empty where the type says it."""
    type_, value = exception.type or "", exception.value or ""
    wording = _family(type_)
    mechanism = exception.mechanism
    if mechanism is not None and (wording is not None or mechanism.meta != NOTHING):
        told = _told(mechanism, wording)
        if told:
            return told
    if wording is None:
        wording = BY_PLATFORM_OF_APPLE if platform in _APPLE_PLATFORMS else _by_text(value)
    return code_in(wording, value[:_MAX_CHARS]) if wording and value else ""


def _family(type_: str) -> Wording | None:
    """How a family of errors says which one it is; None for a type of no family."""
    found = FAMILIES.get(type_)
    if found is None and ("." in type_ or "\\" in type_ or "::" in type_):
        last = _LAST_NAME.search(type_)
        if last is not None and last.group() not in ONLY_EXACTLY:
            return FAMILIES.get(last.group())
    return found


def _by_text(value: str) -> Wording:
    """Wordings that cannot be mistaken, whatever the type."""
    if "SQLSTATE" in value or "SQL state [" in value:
        return (SQL,)
    if "HRESULT" in value:
        return RESULTS
    return (GRPC,) if "rpc error: code = " in value else ()


def _told(mechanism: Mechanism, wording: Wording | None) -> str:
    """The code in the mechanism. One of the operating system counts for a family only."""
    try:
        meta = _read_meta(mechanism.meta) or _NO_META
        # .NET tells a result of every exception; only some types have more than one.
        data = (_read_data(mechanism.data) if wording == RESULTS else None) or _NO_DATA
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    apple = meta.ns_error
    if apple is not None and apple.code is not None:
        return f"{apple.domain or ''} {apple.code}"[:_MAX_CHARS]
    if wording is None:
        return ""
    if meta.errno is not None and meta.errno.number is not None:
        return name_of_errno(meta.errno.number) or str(meta.errno.number)
    if meta.signal is not None and meta.signal.number is not None:
        return meta.signal.name or f"signal {meta.signal.number}"
    return "" if data.result is None else str(data.result)[:_MAX_CHARS]


_NO_META: Final = _Meta()
_NO_DATA: Final = _Data()
