"""HTTP calls one after the other that could have been made at once.

Source of the criteria: docs.sentry.io, "Consecutive HTTP"; that only different addresses of
more than one kind count, and neither pages nor second tries, is our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vedette.problems.addresses import address_of, has_failed, is_call, is_object, is_paged
from vedette.problems.detectors import Detector, Threshold
from vedette.problems.problem import Found, Limits, Reason, total
from vedette.problems.segment import Piece, Segment
from vedette.problems.sequences import runs
from vedette.problems.sketch import Sketch, beside, loop, sketch

_METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")
_JOBS = ("queue", "task", "cron", "celery", "gen_ai", "ai")


def find(segment: Segment, limits: Limits) -> Iterable[Found]:
    """Stretches of slow siblings on servers and in apps."""
    if segment.is_browser or segment.root.category in _JOBS:
        return

    def counts(piece: Piece) -> bool:
        return (
            piece.took >= limits["each"]
            and piece.action in _METHODS
            and is_call(piece)
            and not (has_failed(piece) or is_paged(piece) or is_object(piece))
        )

    for siblings in segment.siblings(segment.of("http")):
        for run in runs(siblings, counts, most_gap_ms=limits["gap"]):
            found = _judge(segment, run, limits)
            if found is not None:
                yield found


def _judge(segment: Segment, run: Sequence[Piece], limits: Limits) -> Found | None:
    saved = total(run) - max(piece.took for piece in run)
    if len(run) < limits["count"] or saved < limits["saved"]:
        return None
    if len({address_of(piece).partition("?")[0] for piece in run}) < len(run):
        return None  # polling, or a talk in which each answer leads to the next question
    return Found(
        subject=run[0].subject,
        parent=segment.parent(run[0]),
        offenders=list(run),
        reasons=[
            Reason("calls in a row", len(run), limits["count"]),
            Reason("could be saved", saved, limits["saved"], "ms"),
        ],
        lost_ms=saved,
    )


def _calls(took: float, *paths: str) -> list[Sketch]:
    return [
        Sketch(
            op="http.client",
            words=f"GET https://{path}",
            at=index * (took + 5),
            took=took,
        )
        for index, path in enumerate(paths)
    ]


_PATHS = ("stock.example/all", "prices.example/today", "tax.example/rates", "ads.example/top")

DETECTOR = Detector(
    name="performance_consecutive_http",
    title="Consecutive HTTP",
    group="http_client",
    help="slow calls of different services, one after the other",
    advice="Make the calls at the same time (asyncio.gather, Promise.all, threads) if none needs "
    "the answer of another. Otherwise cache what seldom changes, or give each a shorter limit.",
    doc="https://docs.sentry.io/product/issues/issue-details/performance-issues/consecutive-http/",
    categories=frozenset(("http",)),
    least=3,
    thresholds=(
        Threshold(name="count", words="calls in a row", unit="", default=3, least=2, most=100),
        Threshold(
            name="saved", words="time to be saved", unit="ms", default=2000, least=100, most=600_000
        ),
        Threshold(
            name="each", words="time of each call", unit="ms", default=500, least=10, most=60_000
        ),
        Threshold(
            name="gap",
            words="time between two calls, at most",
            unit="ms",
            default=500,
            least=1,
            most=60_000,
        ),
    ),
    find=find,
    bad=lambda: sketch("/quote", _calls(900, *_PATHS)),
    good=(
        lambda: sketch("/quote", _calls(300, *_PATHS)),
        lambda: sketch("/quote", _calls(900, *_PATHS[:2])),
        lambda: sketch("/quote", _calls(900, *_PATHS), op="pageload"),
        lambda: sketch("sync", _calls(900, *_PATHS), op="queue.task"),
        lambda: sketch("/quote", beside("http.client", "GET https://a{}.example/x", 4, took=900)),
        lambda: sketch("/wait", loop("http.client", "GET https://a.example/job", 5, took=900)),
        lambda: sketch(
            "/chat", loop("http.client", "POST https://llm.example/v1/chat", 5, took=1500)
        ),
        lambda: sketch(
            "/list", loop("http.client", "GET https://a.example/x?page={}", 5, took=900)
        ),
        lambda: sketch(
            "/quote",
            loop("http.client", "GET https://a{}.example/x", 4, took=900, is_failed=True),
        ),
    ),
)
