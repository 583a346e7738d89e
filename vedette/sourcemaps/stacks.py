"""The stacks of an event as trees that may be changed; the rest of the event stays as it came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec
import orjson

from vedette.sourcemaps.remarks import take_back
from vedette.sourcemaps.verdicts import READABLE
from vedette.symbols.verdicts import SymbolVerdict

Tree: TypeAlias = dict[str, Any]

SCRIPT_PLATFORMS = frozenset({"javascript", "node"})
_NOTES = ("source_map", "symbols")  # what was noted of a frame by whom it was read
_PARTS = ("exception", "threads", "stacktrace", "raw_stacktrace", "debug_meta", "_meta")
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Stacks:
    """An event's stacks. Raises ValueError for what is no JSON object.

    `meta` is what is to be said of the event's values, in the place of its `_meta`.
    """

    def __init__(self, payload: bytes, meta: Tree | None = None) -> None:
        try:
            self._event = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ValueError(str(error)) from None
        self._parts = {
            name: orjson.loads(bytes(self._event[name])) for name in _PARTS if name in self._event
        }
        if meta is not None:
            self._parts["_meta"] = meta
        self.platform = self._text("platform")

    def _text(self, name: str) -> str:
        held = self._event.get(name)
        value = orjson.loads(bytes(held)) if held is not None else None
        return value if isinstance(value, str) else ""

    def holders(self) -> Iterator[tuple[tuple[str, ...], Tree]]:
        """What has a `stacktrace`, with its path: exceptions, threads, the event itself."""
        for name in ("exception", "threads"):
            held = self._parts.get(name)
            values = held.get("values") if isinstance(held, dict) else held
            is_wrapped = held is not values
            for index, one in enumerate(values if isinstance(values, list) else ()):
                if isinstance(one, dict) and isinstance(one.get("stacktrace"), dict):
                    yield (name, *(("values",) if is_wrapped else ()), str(index)), one
        if isinstance(self._parts.get("stacktrace"), dict):
            yield (), self._parts

    @property
    def meta(self) -> Tree:
        """What is said of the event's values."""
        held = self._parts.get("_meta")
        return held if isinstance(held, dict) else {}

    def undo(self) -> int:
        """Put the frames back as they were sent; returns how many had their original place."""
        count = 0
        for path, holder in self.holders():
            frames = holder["stacktrace"].get("frames")
            known = frames if isinstance(frames, list) else []
            notes = [note for frame in known if (note := _taken_note(frame)) is not None]
            count += sum(_is_read(note) for note in notes)
            if notes and isinstance(holder.get("raw_stacktrace"), dict):
                holder["stacktrace"] = holder.pop("raw_stacktrace")
                take_back(self.meta, path)
            if isinstance(holder.get("raw_class"), dict):
                holder |= holder.pop("raw_class")
        return count

    def images(self) -> object:
        """What the event lists as loaded: files, maps, mappings."""
        meta = self._parts.get("debug_meta")
        return meta.get("images") if isinstance(meta, dict) else None

    def debug_ids(self) -> dict[str, str]:
        """The debug id of each script that the event names one for."""
        images = self.images()
        found: dict[str, str] = {}
        for image in images if isinstance(images, list) else ():
            if isinstance(image, dict) and image.get("type") == "sourcemap":
                file, debug_id = image.get("code_file"), image.get("debug_id")
                if isinstance(file, str) and isinstance(debug_id, str):
                    found[script_key(file)] = debug_id
        return found

    def encode(self) -> bytes:
        """The event with its stacks as they are now."""
        made = {name: msgspec.Raw(self._encoded(name)) for name in self._parts}
        rest = {name: held for name, held in self._event.items() if name not in _PARTS}
        return msgspec.json.encode({**rest, **made})

    def _encoded(self, name: str) -> bytes:
        """A part as JSON; one with lists nested as nobody writes them may stay as it was sent."""
        try:
            return orjson.dumps(self._parts[name])
        except TypeError:
            pass
        try:
            return json.dumps(self._parts[name]).encode()
        except RecursionError:
            return bytes(self._event[name]) if name in self._event else b"{}"


def _taken_note(frame: object) -> Tree | None:
    """What was noted in a frame when it was read, taken out of it."""
    data = frame.get("data") if isinstance(frame, dict) else None
    name = next((one for one in _NOTES if one in data), "") if isinstance(data, dict) else ""
    note = data.get(name) if isinstance(data, dict) else None
    if not isinstance(note, dict) or not isinstance(frame, dict) or not isinstance(data, dict):
        return None
    rest = {key: value for key, value in data.items() if key != name}
    if rest:
        frame["data"] = rest
    else:
        del frame["data"]
    return note


def _is_read(note: Tree) -> bool:
    """Whether a frame that was sent had its original place; one that was inlined was not sent."""
    verdict = note.get("verdict")
    return (verdict in READABLE or verdict == SymbolVerdict.NO_LINE) and not note.get("inlined")


def script_key(url: str) -> str:
    """What the two ways to write a script's address have in common, in frames and in images."""
    return url.removeprefix("file://").partition("?")[0]
