"""When the demo's bugs happened, to whom, and the event an SDK would have sent."""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Iterator
from typing import Any

from vedette import clock
from vedette.demo.services import Bug, Service

DAYS = 28
RELEASES = ("2.3.0", "2.3.1", "2.4.0", "2.4.1", "2.5.0")
_WORDS = ("lamp", "chair", "kettle", "carpet", "mirror")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
)


def moments(bug: Bug, now: float, rng: random.Random, scale: float) -> Iterator[float]:
    """The times of a bug's events over the last weeks, in order, by its story."""
    for hour in range(DAYS * 24, 0, -1):
        at = now - hour * 3600
        day_share = (DAYS * 24 - hour) / (DAYS * 24)
        wave = 0.6 + 0.5 * math.sin((at % 86400) / 86400 * 2 * math.pi - 2)
        expected = bug.per_day / 24 * wave * scale * _bend(bug.story, day_share, hour)
        for _ in range(_poisson(expected, rng)):
            yield min(at + rng.random() * 3600, now - rng.random() * 60)


def event(service: Service, bug: Bug, at: float, rng: random.Random) -> dict[str, Any]:
    """One event of a bug."""
    user = rng.randrange(1, 1800)
    number = rng.randrange(2, 250)
    value = bug.value.replace("{n}", str(number)).replace("{hex}", f"{rng.getrandbits(56):x}")
    value = value.replace("{word}", rng.choice(_WORDS))
    made: dict[str, Any] = {
        "event_id": uuid.UUID(int=rng.getrandbits(128), version=4).hex,
        "timestamp": at,
        "platform": service.platform,
        "level": bug.level,
        "release": f"shop@{_release(bug, at)}",
        "environment": rng.choices(("production", "staging"), (9, 1))[0],
        "transaction": bug.transaction,
        "sdk": {"name": service.sdk, "version": "2.75.0"},
        "user": {"id": str(user), "username": f"customer-{user}"},
        "tags": {"region": rng.choice(("eu-west", "us-east")), **bug.tags},
        "breadcrumbs": {"values": list(_crumbs(service, at, rng, number))},
        "modules": service.modules,
        "contexts": {
            **service.contexts,
            "trace": {
                "trace_id": f"{rng.getrandbits(128):032x}",
                "span_id": f"{rng.getrandbits(64):016x}",
                "op": "http.server",
            },
        },
    }
    if service.runtime:
        made["contexts"]["runtime"] = service.runtime
        made["server_name"] = f"{service.platform}-{rng.randrange(1, 4)}"
    if service.request_base:
        made["request"] = {
            "url": service.request_base + bug.transaction.replace("/api", "", 1),
            "method": "POST" if "checkout" in bug.transaction else "GET",
            "headers": {"User-Agent": rng.choice(_AGENTS), "Accept-Language": "en"},
        }
    if bug.message:
        made["logentry"] = {"formatted": value, "message": bug.value}
    else:
        made["exception"] = {"values": list(_exceptions(bug, value, rng))}
    return made


def _bend(story: str, share: float, hours_ago: int) -> float:
    if story == "spike":
        return 22.0 if 30 <= hours_ago <= 36 else 1.0
    if story == "regression":
        return 0.0 if 0.35 < share < 0.85 else 1.0
    if story == "new":
        return 2.0 if hours_ago < 30 else 0.0
    if story == "fading":
        return max(0.15, 1.6 - 1.6 * share)
    return 1.0


def _poisson(expected: float, rng: random.Random) -> int:
    limit, count, product = math.exp(-min(expected, 50.0)), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def released_at(index: int, now: float) -> float:
    """When the release with this place in `RELEASES` came out."""
    return now - DAYS * 86400 * (1 - index / len(RELEASES))


def _release(bug: Bug, at: float) -> str:
    if bug.story == "new":
        return RELEASES[-1]
    age_days = (clock.timestamp() - at) / 86400
    index = int((1 - age_days / DAYS) * len(RELEASES))
    return RELEASES[max(0, min(len(RELEASES) - 1, index))]


def _crumbs(
    service: Service, at: float, rng: random.Random, number: int
) -> Iterator[dict[str, Any]]:
    for index in range(rng.randrange(3, 9)):
        category, message, kind = rng.choice(service.crumbs)
        yield {
            "timestamp": at - 30 + index * 3,
            "category": category,
            "message": message.replace("{n}", str(number)),
            "type": kind,
            "level": "info",
        }


def _exceptions(bug: Bug, value: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    frames = [
        {
            "function": function,
            "filename": path,
            "abs_path": path if path.startswith(("/", "node:")) else f"/srv/app/{path}",
            "module": path.removesuffix(".py").replace("/", ".") if path.endswith(".py") else None,
            "lineno": line,
            "in_app": in_app,
            "pre_context": [f"# {path}", ""] if source else [],
            "context_line": source or None,
            "post_context": [""] if source else [],
            "vars": {"attempt": str(rng.randrange(1, 4))} if in_app and source else {},
        }
        for function, path, line, source, in_app in bug.frames
    ]
    if bug.cause:
        yield {
            "type": bug.cause[0],
            "value": bug.cause[1],
            "stacktrace": {"frames": frames[:-1]},
            "mechanism": {"type": "chained", "handled": bug.handled, "exception_id": 1},
        }
    yield {
        "type": bug.type,
        "value": value,
        "stacktrace": {"frames": frames},
        "mechanism": {"type": "generic", "handled": bug.handled, "exception_id": 0},
    }
