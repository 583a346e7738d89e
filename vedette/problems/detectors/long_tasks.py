"""Scripts that keep a page from answering. Source of the limit: web.dev, "Total Blocking Time"."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason
from vedette.problems.segment import Piece, Segment
from vedette.problems.sketch import loop, sketch

_OPS = ("ui.long-task", "ui.long-animation-frame")
_FREE_MS = 50.0  # that each may take before it counts


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """All long tasks of a page together: what each takes beyond 50 ms."""
    tasks = [one for one in segment.of("ui") if one.op in _OPS and one.took > _FREE_MS]
    frames = [one for one in tasks if one.op == _OPS[1]]
    tasks = frames or tasks  # a browser that tells frames tells the tasks in them, too
    blocked = sum(one.took - _FREE_MS for one in tasks)
    if tasks and blocked >= limits["blocked"]:
        longest = max(tasks, key=lambda piece: piece.took)
        yield Found(
            subject=_script(longest),
            parent=segment.root,
            offenders=tasks,
            reasons=[Reason("the page could not answer for", blocked, limits["blocked"], "ms")],
            lost_ms=blocked,
        )


def _script(piece: Piece) -> str:
    """The script that ran longest, where the browser says so."""
    return piece.text("code.filepath", "browser.script.source_url", "code.function") or piece.op


DETECTOR = Detector(
    name="performance_long_tasks",
    title="Long Tasks",
    group="frontend",
    help="scripts that keep a page from answering",
    advice="Break long work into pieces that let the browser draw in between (scheduler.yield, "
    "requestIdleCallback), or move it to a worker. Load fewer scripts of others.",
    doc="https://web.dev/articles/optimize-long-tasks",
    categories=frozenset(("ui",)),
    thresholds=(
        Threshold(
            name="blocked",
            words="time beyond 50 ms, of all tasks",
            unit="ms",
            default=600,
            least=50,
            most=60_000,
        ),
    ),
    find=find,
    bad=lambda: sketch("/", loop("ui.long-task", "Main UI thread blocked", 4, took=300)),
    good=(
        lambda: sketch("/", loop("ui.long-task", "Main UI thread blocked", 6, took=120)),
        lambda: sketch("/", loop("ui.react.render", "App", 6, took=300)),
    ),
)
