"""What is needed to show one moment of a recording: its last whole page, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from vedette.recordings.events import FULL_SNAPSHOT, INCREMENTAL, META, Moment, read_events

MOST_BYTES: Final = 3 << 20  # of the events of one still
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Still(NamedTuple):
    """The moment that is shown, and its events as a JSON list: an address with a size, a whole
    page, and changes. None where the recording holds no whole page, or one that is too large."""

    ms: float
    events: bytes


def still_of(
    texts: Iterable[bytes], at_ms: float | None, *, after_ms: float, lasts_ms: float
) -> Still | None:
    """The still of a moment, from the events of a run of segments that begins with a whole page.

    Without a moment it is that of the first whole page `after_ms` later, when a page that is put
    together by scripts is there. The changes of `lasts_ms` more come with it, as far as they fit.
    """
    moments = sorted(
        (one for text in texts for one in _events(text) if one.ms is not None),
        key=lambda one: one.ms or 0.0,
    )
    wholes = [at for at, one in enumerate(moments) if one.type == FULL_SNAPSHOT]
    if not wholes:
        return None
    if at_ms is None:
        begin = wholes[0]
        at_ms = (moments[begin].ms or 0.0) + after_ms
    else:
        begin = max((at for at in wholes if (moments[at].ms or 0.0) <= at_ms), default=wholes[0])
    about = next((one for one in reversed(moments[:begin]) if one.type == META), None)
    kept = [about] if about is not None else []
    kept += [
        one
        for one in moments[begin:]
        if (one.ms or 0.0) <= at_ms + lasts_ms or one is moments[begin]
    ]
    events = _encoded(kept)
    return Still(max(at_ms, moments[begin].ms or 0.0), events) if events else None


def _events(text: bytes) -> list[Moment]:
    try:
        return [one for one in read_events(text) if one.type in (META, FULL_SNAPSHOT, INCREMENTAL)]
    except _BROKEN:
        return []


def _encoded(moments: list[Moment]) -> bytes:
    """As JSON, the last ones left out where all are too large; b"" if even the page is."""
    left, parts = MOST_BYTES, list[bytes]()
    for one in moments:
        left -= len(bytes(one.data)) + 64
        if left < 0:
            break
        parts.append(
            b'{"type":%d,"timestamp":%.3f,"data":%b}' % (one.type, one.ms or 0.0, one.data)
        )
    has_page = any(one.type == FULL_SNAPSHOT for one in moments[: len(parts)])
    return b"[%b]" % b",".join(parts) if has_page else b""
