"""What inbound filters cost: CPU per event with all of them on, against none.

Usage: python -m benchmarks.filters [EVENTS]

Events, transactions and spans that no filter drops go through the steps of filters alone, so that
every filter is asked: errors of browsers with thirty frames, each of another user, agent by agent.
Then the whole pipeline, without and with filters.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks import measure

_AGENTS = 200
_ROUNDS = 5
_LINES = 10


def main(events: int) -> None:
    """Measure and print."""
    from vedette.filters._samples import error, span, transaction
    from vedette.garbage import spare_what_is_loaded

    measure.machine()
    spare_what_is_loaded(50_000, 20, 50)  # as digesters do
    for name, make in (("error", error), ("transaction", transaction), ("span", span)):
        _measure(name, make, events)


def _measure(name: str, make: Callable[..., Any], events: int) -> None:
    records = [_record(name, make, at) for at in range(events)]
    whole: dict[bool, float] = {}
    for is_on in (False, True):
        context = _context(is_on=is_on)
        least = [(float("inf"), float("inf"))] * events
        for _ in range(_ROUNDS):
            for at, (item, kind) in enumerate(records):
                alone, all_steps = _once(_work(item, kind), context)
                least[at] = min(least[at][0], alone), min(least[at][1], all_steps)
        alone, whole[is_on] = (sum(one) / events / 1000 for one in zip(*least, strict=True))
        said, bar = ("all filters", "bar 20") if is_on else ("no filter", "")
        measure.say(f"{name}, {said}", alone, "µs each", bar)
    measure.say(f"{name}, all steps with filters", whole[True] / whole[False], "times without")


def _once(work: Any, context: Any) -> tuple[float, float]:
    """Nanoseconds in the steps of filters, and in all; the least of some rounds is the CPU's."""
    from vedette.pipeline.inbound import inbound_filters, written_filters
    from vedette.pipeline.run import STEPS

    clock = time.perf_counter_ns  # asks no system call, after which everything is slower
    alone, began = 0, clock()
    for step in STEPS:
        at = clock()
        result = step(work, context)
        if step in (inbound_filters, written_filters):
            alone += clock() - at
        assert not hasattr(result, "reason"), result
    return alone, clock() - began


def _chosen() -> dict[str, Any]:
    """Every filter on, lists with ten lines each, none of which fits."""
    return {
        "browser_extensions": True,
        "web_crawlers": True,
        "legacy_browsers": True,
        "localhost": True,
        "hydration_errors": True,
        "chunk_load_errors": True,
        "health_checks": True,
        "development": True,
        "ip_addresses": [f"192.0.2.{at}" for at in range(_LINES)],
        "releases": [f"old-{at}@*" for at in range(_LINES)],
        "environments": [f"preview-{at}-*" for at in range(_LINES)],
        "client_errors": ["404", "410-418"],
        "error_messages": [f"*word {at}*of*" for at in range(_LINES)],
        "expected_errors": [f"Expected{at}: *not*" for at in range(_LINES)] + ["tag pay=no*"],
        "offender_limit": 1_000_000,
        "searches": [
            "a: error.type:TillError shop:berlin",
            "b: level:info message:*lamp*",
            "c @transactions: transaction:*/quick",
        ],
    }


def _context(*, is_on: bool) -> Any:
    from vedette.filters._compiled import settings_of
    from vedette.pipeline.context import Context
    from vedette.pipeline.settings import ProjectSettings, Settings

    written = settings_of(_chosen()) if is_on else ""
    settings = Settings("1", {1: ProjectSettings(filters=written)})
    context = Context(lambda known: None if known else settings, max_event_bytes=1 << 20)
    context.refresh()
    return context


def _record(name: str, make: Callable[..., Any], at: int) -> tuple[dict[str, Any], bytes]:
    chance = random.Random(at)
    agent = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/140.0.{at % _AGENTS}.0 Safari/537.36"
    )
    if name == "span":
        payload = dict(make(user_agent__original=agent).payload)
        payload |= {"start_timestamp": time.time() - 1, "end_timestamp": time.time()}
        return {"type": "span", "item_count": 1}, json.dumps(
            {"version": 2, "items": [payload]}
        ).encode()
    payload = {**make(agent=agent).payload, "timestamp": time.time(), "event_id": uuid.uuid4().hex}
    payload |= {
        "release": f"shop@2.{at % 50}.0",
        "environment": "production",
        "user": {"id": str(chance.randrange(100_000)), "ip_address": f"198.51.100.{at % 250}"},
        "tags": {f"tag{number}": f"value {number}" for number in range(12)},
    }
    if name == "transaction":
        payload["start_timestamp"] = time.time() - 1
    else:
        value = f"cannot read property {at} of the cart {chance.getrandbits(64):x}"
        only = payload["exception"]["values"][0]
        frames = only["stacktrace"]["frames"] * 30
        payload["exception"] = {
            "values": [{**only, "value": value, "stacktrace": {"frames": frames}}]
        }
    return {"type": "event" if name == "error" else name}, json.dumps(payload).encode()


def _work(header: dict[str, Any], payload: bytes) -> Any:
    from vedette.items import RawItem, kind_of
    from vedette.pipeline.work import Work
    from vedette.spool.meta import Meta
    from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

    item = RawItem(
        Meta(1, time.time(), event_id=uuid.uuid4().hex),
        EnvelopeHeaders(),
        ItemHeader(header["type"]),
        payload,
        0,
    )
    return Work(item, kind_of(header["type"]), raw=payload)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
