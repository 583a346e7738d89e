"""How often healthy traces are taken for problems, how often problems are found, at what cost.

Run by `python -m benchmarks.problems [SEGMENTS] [CAPTURES]`. Each habit of healthy services and
each fault is drawn so many times, with durations as real ones spread; CAPTURES is a folder of
requests that real SDKs sent (`index.jsonl` with their files), of which what is found is printed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping

from benchmarks.faults import FAULTS
from benchmarks.healthy_traces import HEALTHY
from benchmarks.measure import machine, say
from vedette.problems.detection import detect
from vedette.problems.detectors import detectors
from vedette.problems.segment import Segment

Make = Callable[[random.Random], Segment]


def main(number: int, captures: str) -> None:
    """Print the shares by habit and by detector, and what a segment costs."""
    machine()
    false = _healthy(number)
    _faulty(number)
    say("false positives of all healthy segments", false / number / len(HEALTHY) * 100, "%")
    _cost(number)
    if captures:
        from benchmarks.captured_segments import read_segments

        _captured(read_segments(captures))


def _found(segment: Segment) -> set[str]:
    return {detected.detector.name for detected in detect(segment, {})}


def _healthy(number: int) -> int:
    wrong = 0
    for name, make in HEALTHY.items():
        chance = random.Random(name)
        counts: Counter[str] = Counter()
        for _ in range(number):
            found = _found(make(chance))
            counts.update(found)
            wrong += bool(found)
        words = ", ".join(f"{one} {count}" for one, count in counts.items())
        say(f"healthy: {name}", sum(counts.values()) / number * 100, "% reported", words)
    return wrong


def _faulty(number: int) -> None:
    for name, faults in FAULTS.items():
        for words, make in faults.items():
            chance = random.Random(name + words)
            found = [_found(make(chance)) for _ in range(number)]
            others = Counter(one for each in found for one in each if one != name)
            also = ", ".join(f"also {one} {count}" for one, count in others.items())
            share = sum(name in each for each in found) / number * 100
            say(f"{name}: {words}", share, "% found", also)
    for name in set(detectors()) - set(FAULTS):
        say(f"{name}: no fault is drawn", 0, "")


def _cost(number: int) -> None:
    """CPU of the detectors alone, over what is there anyway."""
    chance = random.Random(5)
    segments = [make(chance) for make in HEALTHY.values() for _ in range(max(1, number // 10))]
    spans = sum(len(segment.pieces) + 1 for segment in segments)
    best = min(_timed(segments) for _ in range(7))
    say("detectors, CPU", best / len(segments) * 1e6, "µs a segment")
    say("  by span", best / spans * 1e6, "µs a span")


def _timed(segments: list[Segment]) -> float:
    started = time.process_time()
    for segment in segments:
        for _ in detect(segment, {}):
            pass
    return time.process_time() - started


def _captured(segments: Mapping[str, list[Segment]]) -> None:
    all_ = [segment for found in segments.values() for segment in found]
    say("captured segments", len(all_), "")
    say("  with spans within", sum(bool(one.pieces) for one in all_), "")
    for source, found in segments.items():
        for segment in found:
            for name in _found(segment):
                say(f"  {source}: {segment.name}", 1, name)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 500,
        sys.argv[2] if len(sys.argv) > 2 else "",
    )
