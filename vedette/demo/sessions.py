"""The demo's sessions: visits of its pages one by one, requests of its services in counts."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from vedette.demo.services import Service
from vedette.demo.traffic import DAYS, RELEASES, released_at
from vedette.wire.envelope import build_envelope

_ITEMS = 50  # of one envelope
_VISITS_A_DAY = 160
_REQUESTS_AN_HOUR = 900
_USERS = 1800
_ROLL_OUT_SECONDS = 1.5 * 86400
# How many of a thousand sessions of each release crashed, and had an error.
_CRASHES = (4, 3, 11, 5, 2)
_ERRORS = (25, 20, 38, 22, 18)


def envelopes(service: Service, now: float, rng: random.Random, scale: float) -> Iterator[bytes]:
    """The sessions of the last weeks as an SDK would have sent them."""
    visits = service.platform == "javascript"
    found = _visits(now, rng, scale) if visits else _counts(now, rng, scale)
    kind: dict[str, object] = {"type": "session" if visits else "sessions"}
    held = [(kind, json.dumps(one).encode()) for one in found]
    for start in range(0, len(held), _ITEMS):
        yield build_envelope({}, held[start : start + _ITEMS])


def _visits(now: float, rng: random.Random, scale: float) -> Iterator[dict[str, Any]]:
    """A visit has one update, when it ends."""
    for _ in range(int(DAYS * _VISITS_A_DAY * scale)):
        at = now - rng.random() * DAYS * 86400
        index = _release_at(at, now, rng)
        crashed, errored = _ends(index, rng)
        yield {
            "sid": f"{rng.getrandbits(128):032x}",
            "did": str(rng.randrange(1, _USERS)),
            "init": True,
            "started": _text(at),
            "duration": round(rng.lognormvariate(4, 1), 1),
            "status": "crashed" if crashed else "exited",
            "errors": int(crashed or errored),
            "attrs": _attributes(index, rng),
        }


def _counts(now: float, rng: random.Random, scale: float) -> Iterator[dict[str, Any]]:
    """Counts of each hour and release."""
    for hour in range(DAYS * 24, 0, -1):
        at = now - hour * 3600
        wave = 0.6 + 0.5 * math.sin((at % 86400) / 86400 * 2 * math.pi - 2)
        number = int(_REQUESTS_AN_HOUR * wave * scale * (0.9 + rng.random() / 5))
        for index in {_release_at(at, now, rng) for _ in range(4)}:
            crashed = round(number * _CRASHES[index] / 1000 * rng.random())
            errored = round(number * _ERRORS[index] / 1000 * (0.5 + rng.random()))
            counts = {"exited": number - crashed - errored, "errored": errored, "crashed": crashed}
            yield {
                "aggregates": [{"started": _text(at), **counts}],
                "attrs": _attributes(index, rng),
            }


def _release_at(at: float, now: float, rng: random.Random) -> int:
    """The release that somebody used then: a new one takes a day and a half to reach all."""
    index = max(place for place in range(len(RELEASES)) if released_at(place, now) <= at + 1)
    share = (at - released_at(index, now)) / _ROLL_OUT_SECONDS
    return index if rng.random() < share or not index else index - 1


def _ends(index: int, rng: random.Random) -> tuple[bool, bool]:
    chance = rng.random() * 1000
    return chance < _CRASHES[index], chance < _ERRORS[index]


def _attributes(index: int, rng: random.Random) -> dict[str, str]:
    environment = rng.choices(("production", "staging"), (14, 1))[0]
    return {"release": f"shop@{RELEASES[index]}", "environment": environment}


def _text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
