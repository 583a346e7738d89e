"""Whether a script's frame was read through a source map, and if not, what to do about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from vedette.sourcemaps.frames import is_missed, script_of
from vedette.sourcemaps.stacks import SCRIPT_PLATFORMS
from vedette.sourcemaps.verdicts import LABELS, WORDS, Verdict
from vedette.web.pages.issue.payload import Payload, mapping, sequence, text, values
from vedette.web.pages.issue.symbols import make_symbol_reading

_BY = {
    "debug_id": "by its debug id",
    "release": "by release and address",
    "fetched": "from its public address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """A frame's verdict in words. `place` is where the frame was before; `via` how it was found."""

    label: str
    words: str
    is_wrong: bool
    place: str
    debug_id: str
    via: str


def make_readability(frame: Payload) -> Readability | None:
    """What came of the frame; None where no map was looked for."""
    note = mapping(mapping(frame.get("data")).get("source_map"))
    try:
        verdict = Verdict(text(note.get("verdict")))
    except ValueError:
        return None
    script, at, source_map = text(note.get("script")), text(note.get("at")), text(note.get("map"))
    found = _BY.get(text(note.get("by")), "")
    return Readability(
        label=LABELS[verdict],
        words=WORDS[verdict],
        is_wrong=verdict not in (Verdict.APPLIED, Verdict.FETCH_PENDING),
        place=f"{script}:{at}" if script and at else script,
        debug_id=text(note.get("debug_id")),
        via=f"{source_map}, found {found}" if source_map and found else source_map,
    )


def has_minified(payload: Payload) -> bool:
    """Whether the frames as they were sent are kept beside those that were read."""
    holders = [value for name in ("exception", "threads") for value, _ in values(payload, name)]
    return any(mapping(mapping(held).get("raw_stacktrace")) for held in (*holders, payload))


def unread_frames(payload: Payload) -> list[tuple[str, int]]:
    """What is wrong with frames of exceptions, the most frequent first, each with their number."""
    read = (make_readability(frame) or make_symbol_reading(frame) for frame in _frames(payload))
    return Counter(one.label for one in read if one is not None and one.is_wrong).most_common()


def lacks_maps(payload: Payload) -> bool:
    """Whether the event has minified frames and nobody ever looked for maps of them."""
    frames = list(_frames(payload))
    platform = text(payload.get("platform"))
    if any(make_readability(frame) for frame in frames):
        return False
    return any(
        _platform(frame, platform) in SCRIPT_PLATFORMS
        and "context_line" not in frame
        and (url := script_of(frame)) != ""
        and is_missed(frame, url, _platform(frame, platform))
        for frame in frames
    )


def _platform(frame: Payload, platform: str) -> str:
    return text(frame.get("platform")) or platform


def _frames(payload: Payload) -> list[dict[str, Any]]:
    traces = [mapping(value).get("stacktrace") for value, _ in values(payload, "exception")]
    held = [sequence(mapping(trace).get("frames")) for trace in traces]
    return [frame for frames in held for frame in frames if isinstance(frame, dict)]
