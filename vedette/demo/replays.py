"""Replays of the demo's web site: people who buy a lamp, and some for whom it goes wrong."""

from __future__ import annotations

import json
import random
import uuid
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from vedette.demo import traffic
from vedette.demo.drawn import DESKTOP, PHONE, Page, crumb, span
from vedette.demo.services import WEB
from vedette.wire.envelope import build_envelope

Item: TypeAlias = tuple[dict[str, object], bytes]
_VISITS = 60
_DAY = 86400.0
_SITE = "https://shop.example"
_CART = "body > main > section.card.cart"
_SELECTORS = {
    "lamp": "body > main > section.card > div.picture",
    "buy": "body > main > section.card > button.buy",
    "coupon": f"{_CART} > a.coupon",
    "pay": f"{_CART} > button.pay",
    **{f"more-{at}": f"body > main > a.more.m{at}" for at in range(1, 5)},
    "help": "body > footer > a.help",
}
_LOOKED_AT = ("lamp", "lamp", "more-1", "more-2", "more-2", "more-3", "more-4", "help")
_BROWSERS = (("Chrome", "Windows"), ("Firefox", "Linux"), ("Safari", "macOS"))
_PHONES = (("Mobile Safari", "iOS"), ("Chrome Mobile", "Android"))
_WORDS = (
    "I pressed Pay three times and nothing happened.",
    "The coupon link does nothing for me.",
    "Where did my cart go? I wanted the brass lamp.",
)


def envelopes(now: float, rng: random.Random, scale: float) -> Iterator[bytes]:
    """The visits of the last days, with their errors and what three of the people wrote."""
    for number in range(max(3, round(_VISITS * scale))):
        start = now - 120 - rng.random() * 3 * _DAY
        yield from _visit(start, rng, goes_wrong=number % 3 == 0, words=_WORDS[number:][:1])


def _visit(
    start: float, rng: random.Random, *, goes_wrong: bool, words: Sequence[str]
) -> Iterator[bytes]:
    replay_id, trace_id = _id(rng), _id(rng)
    user = {"id": str(rng.randrange(1, 1800))}
    user["username"] = f"customer-{user['id']}"
    errors = []
    if goes_wrong:
        error = traffic.event(WEB, WEB.bugs[2], start + 9.2, rng)
        error["tags"] = {**error["tags"], "replayId": replay_id}
        error["contexts"] = {**error["contexts"], "trace": {"trace_id": trace_id}}
        error["user"] = user
        errors.append(error)
    is_phone = rng.random() < 0.3
    (browser, system) = rng.choice(_PHONES if is_phone else _BROWSERS)
    about = {
        "replay_id": replay_id,
        "replay_type": "session",
        "replay_start_timestamp": start,
        "platform": "javascript",
        "environment": "production",
        "release": f"shop@{traffic.RELEASES[-1]}",
        "user": user,
        "trace_ids": [trace_id],
        "contexts": {"browser": {"name": browser}, "os": {"name": system}},
        "sdk": {"name": WEB.sdk, "version": "9.5.0"},
    }
    page = Page("Lantern & Lamp", PHONE if is_phone else DESKTOP)
    for segment, events in enumerate(_segments(page, round(start * 1000), rng, goes_wrong)):
        is_first = segment == 0
        event = {
            **about,
            "segment_id": segment,
            "timestamp": events[-1]["timestamp"] / 1000,
            "urls": [f"{_SITE}/products/lamp"] if is_first else [f"{_SITE}/cart"],
            "error_ids": [] if is_first else [one["event_id"] for one in errors],
        }
        packed = b'{"segment_id":%d}\n' % segment + zlib.compress(json.dumps(events).encode())
        items: list[Item] = [
            ({"type": "replay_event"}, json.dumps(event).encode()),
            ({"type": "replay_recording"}, packed),
        ]
        yield build_envelope({"event_id": replay_id}, items)
    for error in errors:
        item: Item = ({"type": "event"}, json.dumps(error).encode())
        yield build_envelope({"event_id": error["event_id"]}, [item])
    for text in words:
        yield _feedback(text, start + 20, replay_id, user, errors, rng)


def _segments(
    page: Page, ms: int, rng: random.Random, goes_wrong: bool
) -> Iterator[list[dict[str, Any]]]:
    """First the lamp goes into the cart; then it is paid, or clicked again and again in vain."""
    yield [
        *page.opened(ms, f"{_SITE}/products/lamp"),
        span(ms, 640, "navigation.navigate", f"{_SITE}/products/lamp"),
        *_looked(page, ms + 1000, rng),
        *_clicked(page, ms + 4100, "buy", rng),
        span(ms + 4120, 180, "resource.fetch", f"{_SITE}/api/cart/items/", method="POST",
             statusCode=201, request={"size": 41}, response={"size": 210}),
    ]  # fmt: skip
    pay = ms + 8000
    after: list[dict[str, Any]] = [
        crumb(ms + 5200, "navigation", "", to=f"{_SITE}/cart"),
        crumb(ms + 5300, "console", "cart: 1 item", logger="console"),
    ]
    if not goes_wrong:
        if rng.random() < 0.3:
            after += [*_clicked(page, pay - 2000, "coupon", rng), _vain(pay - 2000, "coupon", 1)]
        after += [*_clicked(page, pay, "pay", rng), _fetch(pay + 30, 420, 200)]
    else:
        after += _clicked(page, pay, "pay", rng)
        times = rng.randrange(5, 11)
        after += [
            page.clicked(pay + 300 * at, "pay", page.place("pay", rng)) for at in range(1, times)
        ]
        after += [_fetch(pay + 30, 900, 500), page.said(pay + 1200, "cart", "Failed to fetch")]
        failed = crumb(pay + 1200, "console", "Failed to fetch")
        failed["data"]["payload"]["level"] = "error"
        after += [failed, _vain(pay, "pay", times)]
    yield sorted(after, key=lambda one: one["timestamp"])


def _looked(page: Page, ms: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    """A look at up to three other things."""
    for number in range(rng.randrange(4)):
        yield from _clicked(page, ms + 900 * number, rng.choice(_LOOKED_AT), rng)


def _clicked(page: Page, ms: int, name: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    """The page is scrolled, the pointer goes there, and clicks."""
    yield from page.reached(ms - 700, name)
    at = page.place(name, rng)
    yield page.moved(ms - 50, _way(page, rng, at))
    yield page.clicked(ms, name, at)
    yield crumb(ms, "ui.click", _SELECTORS[name])


def _fetch(ms: int, took: int, status: int) -> dict[str, Any]:
    return span(ms, took, "resource.fetch", f"{_SITE}/api/payments/", method="POST",
                statusCode=status, request={"size": 96}, response={"size": 64})  # fmt: skip


def _vain(ms: int, name: str, clicks: int) -> dict[str, Any]:
    data = {"endReason": "timeout", "clickCount": clicks, "timeAfterClickMs": 7000}
    made = crumb(ms, "ui.slowClickDetected", _SELECTORS[name], url=f"{_SITE}/cart", **data)
    return {**made, "timestamp": ms + 7000}


def _way(page: Page, rng: random.Random, to: tuple[int, int]) -> list[tuple[int, int]]:
    """Where the pointer goes until it is there."""
    first = (rng.randrange(page.layout.width), rng.randrange(page.layout.height))
    shares = [at / 12 for at in range(13)]
    return [
        (
            round(first[0] + (to[0] - first[0]) * share),
            round(first[1] + (to[1] - first[1]) * share),
        )
        for share in shares
    ]


def _feedback(
    text: str,
    at: float,
    replay_id: str,
    user: dict[str, str],
    errors: Sequence[dict[str, Any]],
    rng: random.Random,
) -> bytes:
    said = {
        "message": text,
        "name": user["username"],
        "url": f"{_SITE}/cart",
        "source": "widget",
        "replay_id": replay_id,
    }
    if errors:
        said["associated_event_id"] = errors[0]["event_id"]
    event = {
        "event_id": _id(rng),
        "type": "feedback",
        "timestamp": at,
        "platform": "javascript",
        "environment": "production",
        "user": user,
        "contexts": {"feedback": said},
    }
    item: Item = ({"type": "feedback"}, json.dumps(event).encode())
    return build_envelope({"event_id": event["event_id"]}, [item])


def _id(rng: random.Random) -> str:
    return uuid.UUID(int=rng.getrandbits(128), version=4).hex
