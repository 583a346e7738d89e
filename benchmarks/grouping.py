"""CPU time of grouping one event, and the score on labelled bugs where they are at hand.

Usage: python -m benchmarks.grouping [LABELS.jsonl EVENTS.jsonl]
Prints microseconds of CPU per event for a Python and a JavaScript event of 10 KB and 30
frames: remembered (the common case) and seen for the first time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.pipeline.grouping.scoring import score
from vedette.pipeline.grouping import explain, frames, group, group_and_name
from vedette.wire.event import Event, decode_event

FRAMES = 30
ROUNDS = 5
EVENTS = 1_000
BAR_MICROSECONDS = 40


def python_event() -> bytes:
    """A web request that fails in the application, below two frameworks."""
    stack = [
        {
            "function": f"handle_{at}",
            "module": f"shop.views.part_{at % 7}",
            "filename": f"shop/views/part_{at % 7}.py",
            "abs_path": f"/srv/releases/current/shop/views/part_{at % 7}.py",
            "lineno": 11 * at,
            "in_app": at % 3 == 0,
            "context_line": f"        return self.handle_{at + 1}(request, order)",
            "pre_context": ["        # what stands above"] * 5,
            "vars": {"request": "<Request GET /orders>", "order": str(at)},
        }
        for at in range(FRAMES)
    ]
    return _event("python", "LookupError", stack)


def javascript_event() -> bytes:
    """A browser's error in bundled code, without marks."""
    stack = [
        {
            "function": ("Cart.", "new ", "async ")[at % 3] + f"step{at}",
            "filename": f"https://cdn.example.com/static/app-{at % 4}.3f2a91bc.js?v=7",
            "lineno": 1,
            "colno": 977 * at,
            "in_app": True,
            "context_line": "const total = order.lines.reduce((sum, line) => sum + line.price, 0)",
            "pre_context": ["// what stands above"] * 5,
        }
        for at in range(FRAMES)
    ]
    return _event("javascript", "TypeError", stack)


def _event(platform: str, type_: str, stack: list[dict[str, object]]) -> bytes:
    """An event with this stack."""
    value = "order 4711 of alice@example.com has no lines"
    exception = {"type": type_, "value": value, "stacktrace": {"frames": stack}}
    return json.dumps({"platform": platform, "exception": {"values": [exception]}}).encode()


def cpu_microseconds(work: Callable[[Event], object], events: Iterable[Event]) -> float:
    """CPU time of `work` for one event."""
    events = list(events)
    start = time.process_time()
    for event in events:
        work(event)
    return (time.process_time() - start) / len(events) * 1e6


def group_afresh(event: Event) -> None:
    """Group as if no frame had been seen before."""
    frames.forget()
    group(event)


def report_speed(name: str, raw: bytes) -> None:
    """Print the best of a few rounds for each function."""
    print(f"{name}: {len(raw) / 1e3:.1f} kB, {FRAMES} frames")
    for work, count in (
        (group, EVENTS),
        (group_afresh, 50),
        (group_and_name, EVENTS),
        (explain, EVENTS),
    ):
        events = [decode_event(raw) for _ in range(count)]
        best = min(cpu_microseconds(work, events) for _ in range(ROUNDS))
        bar = f"  (bar {BAR_MICROSECONDS})" if work is group else ""
        print(f"  {work.__name__:14s} {best:8.1f} µs{bar}")


def report_score(labels_path: Path, events_path: Path) -> None:
    """Print how the keys of labelled events compare with their labels."""
    labels = {}
    for line in labels_path.read_text().splitlines():
        labelled = json.loads(line)
        labels[labelled["id"]] = labelled["label"]
    keys = {}
    for line in events_path.read_text().splitlines():
        sent = json.loads(line)
        keys[sent["id"]] = group(decode_event(json.dumps(sent["event"]))).key
    found = score(labels, keys)
    print(f"{len(keys)} events, {len(set(labels.values()))} bugs, {len(set(keys.values()))} issues")
    print(f"  pairwise precision {found.pair_precision:.4f}, recall {found.pair_recall:.4f}")
    print(f"  B-cubed F1 {found.bcubed_f1:.4f}")


if __name__ == "__main__":
    report_speed("Python", python_event())
    report_speed("JavaScript", javascript_event())
    if len(sys.argv) == 3:
        report_score(Path(sys.argv[1]), Path(sys.argv[2]))
