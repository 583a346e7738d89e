"""JavaScript frames through source maps: the first event of a large map, events after it, memory.

Usage: python -m benchmarks.maps [SCRIPT MAP]   (default: a map of 5 MB, made here)
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure
from vedette.blobs.packed import PackedFolder
from vedette.sourcemaps.lookup import Found, Question
from vedette.sourcemaps.symbolicator import Place, Symbolicator

_EVENTS = 500
_FRAMES = 30
_ROUNDS = 5
_PLACE = Place(1, 1, "shop@1.0", "")
_URL = "https://shop.example/assets/app.js"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def main(script: bytes, source_map: bytes) -> None:
    """Print CPU per event, cold and warm, and what the cache takes."""
    measure.machine()
    print(f"script {len(script) / 1e6:.2f} MB, map {len(source_map) / 1e6:.2f} MB")
    events = [_event(script, number) for number in range(_EVENTS)]
    with tempfile.TemporaryDirectory() as folder:
        blobs = PackedFolder(Path(folder))
        found = Found(map_blob=blobs.put(source_map), script_blob=blobs.put(script), by="debug_id")

        def ask(question: Question) -> list[Found]:
            return [found] * len(question.files)

        cold, warm = [], []
        for _ in range(_ROUNDS):
            symbolicator = Symbolicator(ask, blobs)
            cold.append(_cpu(lambda: symbolicator.read(events[0], _PLACE)))  # noqa: B023
            warm.append(
                _cpu(lambda: [symbolicator.read(one, _PLACE) for one in events])  # noqa: B023
            )
        measure.say("first event", min(cold) * 1000, "ms of CPU", "bar 50 (5 MB)")
        measure.say("an event, warm", min(warm) / _EVENTS * 1000, "ms of CPU", "bar 1")
        measure.say("of it a frame", min(warm) / _EVENTS / _FRAMES * 1e6, "µs of CPU")
        reading = symbolicator.read(events[0], _PLACE)
        assert reading is not None
        print("verdicts:", {tallied.verdict.value: n for tallied, n in reading.tally.items()})
    measure.say("memory at most", measure.highest_memory_mb(os.getpid()), "MB")


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _event(script: bytes, number: int) -> bytes:
    """An event of 30 frames at places of the script."""
    dice = random.Random(number)
    lines = [(index, len(line)) for index, line in enumerate(script.split(b"\n"), start=1) if line]
    frames = []
    for _ in range(_FRAMES):
        ((line, length),) = dice.choices(lines, [length for _, length in lines])
        frames.append(
            {
                "abs_path": _URL,
                "filename": _URL,
                "function": "t",
                "lineno": line,
                "colno": dice.randint(1, length),
                "in_app": True,
            }
        )
    value = {"type": "Error", "value": "no", "stacktrace": {"frames": frames}}
    crumbs = [{"category": "ui.click", "message": f"div > button#{n}"} for n in range(60)]
    event = {
        "platform": "javascript",
        "exception": {"values": [value]},
        "breadcrumbs": crumbs,
        "extra": {"text": "x" * 2000},
        "debug_meta": {"images": [{"type": "sourcemap", "code_file": _URL, "debug_id": "0" * 32}]},
    }
    return json.dumps(event).encode()


def made_up(megabytes: float) -> tuple[bytes, bytes]:
    """A script of one line and its map: as much source text as a bundle has for its size."""
    function = "function f(a,b){if(a>b){throw new RangeError(a)}return g(a,b).map(e=>e*2)}"
    source = (
        "/** Adds up what is in the cart, as the till shows it. */\n"
        "export function total(price, count) {\n  if (price > count) {\n"
        "    throw new RangeError(price);\n  }\n"
        "  return group(price, count).map((entry) => entry * 2);\n}\n" * 8
    )
    parts, sources, mappings, size = [], [], [], 0
    while size < megabytes * 1e6:
        index = len(sources)
        sources.append(f"../src/part{index}.ts")
        for row in range(8):
            parts.append(function)
            first = f"{'A' if not mappings else _vlq(7)}{_vlq(int(row == 0 and index > 0))}"
            mappings.append(f"{first}{_vlq(1 if row else -47 if index else 1)}A")
            mappings += [f"{_vlq(9)}AAE", f"{_vlq(6)}ACF", f"{_vlq(11)}ACE", f"{_vlq(20)}AEA"]
            mappings += [f"{_vlq(4)}ACC", f"{_vlq(6)}AAE"]
        size += len(json.dumps(source)) + 8 * 60
    made = {
        "version": 3,
        "names": [],
        "sources": sources,
        "sourcesContent": [source] * len(sources),
        "mappings": ",".join(mappings),
    }
    return "".join(parts).encode(), json.dumps(made).encode()


def _vlq(number: int) -> str:
    value = -number << 1 | 1 if number < 0 else number << 1
    made = ""
    while True:
        value, digit = value >> 5, value & 31
        made += _LETTERS[digit | (32 if value else 0)]
        if not value:
            return made


if __name__ == "__main__":
    given = [Path(name).read_bytes() for name in sys.argv[1:3]]
    main(*(given if len(given) == 2 else made_up(5)))
