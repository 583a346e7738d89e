"""Real exceptions, reported by the real SDK: one bug is one issue, two bugs are two."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.pipeline.grouping.builder import key
from tests.pipeline.grouping.faults import FAULTS, decorated
from tests.pipeline.grouping.scoring import score
from vedette.wire.event import decode_event

sentry_sdk = pytest.importorskip("sentry_sdk")


class Catcher(sentry_sdk.transport.Transport):  # type: ignore[misc, name-defined]
    """A transport that keeps the events it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[bytes] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.events += [item.get_bytes() for item in envelope.items if item.type == "event"]


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """The SDK, sending to nobody, with this folder as the application."""
    caught = Catcher()
    with sentry_sdk.new_scope() as scope:
        scope.set_client(
            sentry_sdk.Client(
                "http://key@127.0.0.1:1/1",
                transport=caught,
                in_app_include=["tests.pipeline.grouping.faults"],
                in_app_exclude=["tests.pipeline.grouping.test_faults"],
                default_integrations=True,
            )
        )
        yield caught


def direct(fault: Callable[[int], Any], number: int) -> None:
    """Run a fault and report what it raises."""
    try:
        fault(number)
    except Exception:  # noqa: BLE001 - whatever a fault raises is to be reported
        sentry_sdk.capture_exception()


def in_thread(fault: Callable[[int], Any], number: int) -> None:
    """Run a fault in a thread of its own, with the SDK's scope."""
    scope = sentry_sdk.get_current_scope()

    def run() -> None:
        with sentry_sdk.scope.use_scope(scope):
            direct(fault, number)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def behind_decorator(fault: Callable[[int], Any], number: int) -> None:
    """Run a fault behind a decorator of the application."""
    direct(decorated(fault), number)


def test_real_bugs_are_issues(catcher: Catcher) -> None:
    """Other data, callers and threads do not split a bug, and no two bugs merge."""
    labels: dict[str, str] = {}
    groups: dict[str, bytes] = {}
    for fault in FAULTS:
        for run, number in ((direct, 3), (direct, 4711), (in_thread, 41), (behind_decorator, 12)):
            catcher.events.clear()
            run(fault, number)
            assert len(catcher.events) == 1, fault
            name = f"{fault.__name__} {run.__name__} {number}"
            labels[name] = fault.__name__
            groups[name] = key(decode_event(catcher.events[0]))
    found = score(labels, groups)
    split = {label: {groups[n] for n in labels if labels[n] == label} for label in labels.values()}
    assert not {label for label, keys in split.items() if len(keys) > 1}
    assert found.pair_precision == 1.0, json.dumps(sorted(labels))
