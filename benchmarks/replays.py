"""CPU time of one segment of a replay, by what is done with it, per 100 KB of its events.

Usage: python -m benchmarks.replays

The segments are a page of a shop as it is recorded (a full snapshot) with 300 addresses of
e-mail to be taken out, one with six, and one of many small changes with clicks. The bar is 1 ms
per 100 KB for all but packing.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable
from typing import Any

from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, ScrubSettings
from vedette.pipeline.scrub.fields import Fields
from vedette.recordings.marks import encode_marks
from vedette.recordings.packing import unpack
from vedette.recordings.summary import summarize

_WORDS = (
    *("lamp", "shade", "order", "cart", "price", "delivery", "in", "two", "days", "add"),
    *("to", "basket", "warm", "light"),
)
_HEADER = b'{"segment_id":0}\n'
_NOW = 1_795_310_774_000


def page(nodes: int, *, every: int = 10) -> list[dict[str, Any]]:
    """A full snapshot with so many products; each tenth names somebody's address of e-mail, or
    `every` so many do."""
    chance = random.Random(7)
    children = []
    for number in range(nodes):
        text = " ".join(chance.choices(_WORDS, k=8))
        text += " seller7@example.com" if number % every == 0 else ""
        inner = {"type": 3, "textContent": text, "id": 3 * number + 9}
        attributes = {"class": "product card", "href": f"/products/{number}?page=2", "title": text}
        node = {"type": 2, "tagName": "a", "attributes": attributes, "id": 3 * number + 8}
        children.append({**node, "childNodes": [inner]})
    body = {"type": 2, "tagName": "body", "attributes": {}, "childNodes": children, "id": 3}
    document = {"type": 0, "childNodes": [body], "id": 1}
    whole = {"node": document, "initialOffset": {"left": 0, "top": 0}}
    return [{"type": 2, "timestamp": _NOW, "data": whole}]


def changes(count: int) -> list[dict[str, Any]]:
    """Mutations, ways of the pointer, and what SDKs add."""
    chance = random.Random(7)
    found: list[dict[str, Any]] = []
    for number in range(count):
        at = _NOW + number * 10
        text = " ".join(chance.choices(_WORDS, k=6))
        adds = [{"parentId": 7, "node": {"type": 3, "textContent": text, "id": number}}]
        data = {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": adds}
        found.append({"type": 3, "timestamp": at, "data": data})
        ways = [{"x": 50, "y": step, "id": 8, "timeOffset": -step} for step in range(10)]
        found.append({"type": 3, "timestamp": at, "data": {"source": 1, "positions": ways}})
        if number % 10 == 0:
            crumb = {"category": "ui.click", "timestamp": at / 1000, "message": "body > button"}
            added = {"tag": "breadcrumb", "payload": crumb}
            found.append({"type": 5, "timestamp": at, "data": added})
    return found


def per_100_kb(act: Callable[[], object], size: int) -> float:
    """Milliseconds of CPU, the best of some rounds."""
    best = float("inf")
    for _ in range(7):
        started = time.process_time()
        for _ in range(5):
            act()
        best = min(best, (time.process_time() - started) / 5)
    return best * 1000 / size * 100_000


_SEGMENTS = (
    ("snapshot", page(1500)),
    ("ordinary", page(1500, every=500)),
    ("changes", changes(700)),
)


def main() -> None:
    """Print a table."""
    scrubber = Scrubber(ScrubSettings(emails=True), fields=Fields())
    codec = PayloadCodec()
    print("milliseconds of CPU per 100 KB")
    for name, events in _SEGMENTS:
        text = json.dumps(events, separators=(",", ":")).encode()
        packed = _HEADER + zlib.compress(text)
        plain = unpack(packed)
        size = len(text)
        marks = summarize(text).marks
        parts = {
            "unpack": per_100_kb(lambda packed=packed: unpack(packed), size),  # type: ignore[misc]
            "scrub": per_100_kb(lambda plain=plain: scrubber.scrub(plain), size),  # type: ignore[misc]
            "summarize": per_100_kb(lambda text=text: summarize(text), size),  # type: ignore[misc]
            "marks": per_100_kb(lambda marks=marks: encode_marks(marks), size),  # type: ignore[misc]
            "pack": per_100_kb(lambda text=text: codec.compress(text), size),  # type: ignore[misc]
        }
        said = ", ".join(f"{part} {ms:.3f}" for part, ms in parts.items())
        rest = parts["scrub"] + parts["summarize"] + parts["marks"]
        print(f"{name:9} {size / 1000:6.0f} KB: {said}; besides packing {rest:.3f}")


if __name__ == "__main__":
    main()
