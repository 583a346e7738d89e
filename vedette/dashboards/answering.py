"""Answers of widgets: one question for all who look at the same, kept for some seconds.

The key of an answer is the question, the projects that may be seen, environments, releases and
times: an answer is never given to whoever may see something else. Relative times end at a round
moment, so that viewers who open a wall a second apart ask the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

import msgspec

from vedette import clock
from vedette.dashboards.content import Widget
from vedette.dashboards.fields import Options
from vedette.dashboards.shapes import Rows, Shape
from vedette.dashboards.widgets import Asking, WidgetKind
from vedette.issues.shapes import Period
from vedette.store.errors import QuestionCancelled, StoreBusy

_MOST_ANSWERS: Final = 400
_MOST_VALUES: Final = 2_000_000  # of all kept answers together
_LEAST_SECONDS: Final = 15
_MOST_SECONDS: Final = 120
_IN_VAIN: Final = 2  # times somebody waits for another who gets no answer
_SHARE: Final = 400  # of a range: what is a 400th of it away from now is as good as now


@dataclass(slots=True)
class _Kept:
    shape: Shape
    until: float
    weight: int


class Answers:
    """Safe for threads. What somebody asks already is waited for, not asked again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._asked: dict[bytes, Future[Shape]] = {}
        self._weight = 0

    def get(self, key: bytes, seconds: float, ask: Callable[[], Shape]) -> Shape:
        """The kept answer, or that of `ask`, which at most one thread a key is in.

        Whoever waited for somebody who went away, or who had no turn, asks for themselves; after
        waiting in vain again they wait for nobody, or of many each would wait for all others.
        """
        for _ in range(_IN_VAIN):
            with suppress(_OnlyTheirs):
                return self._get(key, seconds, ask)
        shape = ask()
        self._keep(key, shape, seconds)
        return shape

    def _get(self, key: bytes, seconds: float, ask: Callable[[], Shape]) -> Shape:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.until > clock.timestamp():
                self._kept.move_to_end(key)
                return kept.shape
            waiting = self._asked.get(key)
            if waiting is None:
                mine = self._asked[key] = Future()
        if waiting is not None:
            return _awaited(waiting)
        try:
            shape = ask()
            self._keep(key, shape, seconds)
        except BaseException as error:  # those who wait must not wait for ever
            mine.set_exception(error)
            raise
        else:
            mine.set_result(shape)
            return shape
        finally:
            with self._lock:
                self._asked.pop(key, None)

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def _keep(self, key: bytes, shape: Shape, seconds: float) -> None:
        weight = _weight(shape)
        with self._lock:
            before = self._kept.pop(key, None)
            self._weight += weight - (before.weight if before else 0)
            self._kept[key] = _Kept(shape, clock.timestamp() + seconds, weight)
            while len(self._kept) > _MOST_ANSWERS or self._weight > _MOST_VALUES:
                self._weight -= self._kept.popitem(last=False)[1].weight


class _OnlyTheirs(Exception):
    """Why another got no answer says nothing of whoever waited for it."""


def _awaited(answer: Future[Shape]) -> Shape:
    try:
        return answer.result()
    except (QuestionCancelled, StoreBusy):
        raise _OnlyTheirs from None


answers: Final = Answers()


def answer_widget(widget: Widget, asking: Asking) -> Shape:
    """The answer of a kept widget of a known kind. Raises SearchError, BadQuery and StoreError."""
    kind = widget.of_kind
    assert kind is not None, "the caller shows kinds that it knows"
    return answer(kind, widget.whole_options, asking)


def answer(kind: WidgetKind, options: Options, asking: Asking) -> Shape:
    """The answer to options that were checked. Raises SearchError, BadQuery and StoreError."""
    seconds = step_of(asking.scope.period)
    return answers.get(_key(kind, options, asking), seconds, lambda: kind.ask(options, asking))


def rounded(period: Period) -> Period:
    """A range that ends now, ended at the next round moment instead; any other as it is."""
    seconds = step_of(period)
    now = clock.timestamp()
    if not now - 2 < period.end.timestamp() < now + 2:
        return period
    end = datetime.fromtimestamp(ceil(now / seconds) * seconds, UTC)
    length = round((period.end - period.start).total_seconds() / seconds) * seconds
    return replace(period, start=end - timedelta(seconds=max(length, seconds)), end=end)


def step_of(period: Period) -> int:
    """For how many seconds an answer over this range is good enough."""
    length = (period.end - period.start).total_seconds()
    return min(max(int(length / _SHARE) // 5 * 5, _LEAST_SECONDS), _MOST_SECONDS)


def _key(kind: WidgetKind, options: Options, asking: Asking) -> bytes:
    scope = asking.scope
    return msgspec.json.encode(
        (
            kind.name,
            sorted(options.items()),
            scope.visible.ids,
            scope.environments,
            asking.releases,
            scope.period.start,
            scope.period.end,
            scope.person_id if kind.is_personal else None,
        )
    )


def _weight(shape: Shape) -> int:
    """About how many characters or numbers an answer holds."""
    if isinstance(shape, Rows):
        return sum(len(str(value)) for row in shape.rows for value in row) + 100
    return 2_000
