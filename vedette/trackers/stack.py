"""The stack and the tags of a stored event as plain text, the newest call first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MOST_EXCEPTIONS = 3
_MOST_FRAMES = 15
_MOST_LINE = 300
_MOST_TAGS = 25


def stack_of(payload: dict[str, Any]) -> str:
    """What people saw first and its causes below; frames of the product where there are any."""
    found = [one for one in _values(payload.get("exception")) if isinstance(one, dict)]
    parts = [_exception(one) for one in found[::-1][:_MOST_EXCEPTIONS]]
    if not parts:
        threads = [one for one in _values(payload.get("threads")) if isinstance(one, dict)]
        crashed = [one for one in threads if one.get("crashed") or one.get("current")]
        parts = ["\n".join(_frames(one.get("stacktrace"))) for one in crashed[:1]]
    return "\ncaused by\n".join(part for part in parts if part)


def tags_of(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """The tags in their order, without those that name a person: a tracker may be public."""
    held = payload.get("tags")
    pairs = list(held.items()) if isinstance(held, dict) else held if isinstance(held, list) else []
    return [
        (_line(pair[0]), _line(pair[1]))
        for pair in pairs[:_MOST_TAGS]
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and not _names_person(pair[0])
    ]


def _names_person(tag: Any) -> bool:
    return str(tag).partition(".")[0] in ("user", "email", "username")


def _exception(held: dict[str, Any]) -> str:
    head = ": ".join(part for part in (_line(held.get("type")), _line(held.get("value"))) if part)
    return "\n".join([head, *_frames(held.get("stacktrace"))])


def _frames(held: Any) -> Iterator[str]:
    frames = held.get("frames") if isinstance(held, dict) else None
    known = [one for one in frames if isinstance(one, dict)] if isinstance(frames, list) else []
    mine = [one for one in known if one.get("in_app")] or known
    for frame in mine[::-1][:_MOST_FRAMES]:
        place = _line(frame.get("filename") or frame.get("module") or frame.get("abs_path"))
        number = frame.get("lineno")
        where = f"{place}:{number}" if isinstance(number, int) else place
        yield f"  {_line(frame.get('function')) or '?'}  ({where})"
        code = _line(frame.get("context_line"))
        if code:
            yield f"      {code}"


def _values(held: Any) -> list[Any]:
    found = held.get("values") if isinstance(held, dict) else held
    return found if isinstance(found, list) else []


def _line(value: Any) -> str:
    if not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value).split())[:_MOST_LINE]
