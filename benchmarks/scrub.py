"""CPU time of scrubbing one payload, on each engine, next to a walk over the parsed tree.

Usage: python -m benchmarks.scrub
Prints microseconds of CPU per payload: 10 KB without a secret, a Django event with a few,
and half a megabyte that almost matches each pattern.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from vedette.pipeline.scrub import Scrubber, ScrubSettings
from vedette.pipeline.scrub.engine import ENGINES, triggers

BAR_NO_HIT, BAR_TYPICAL = 15, 100
BAR_WORST = 1_000_000
FRAMES = 16
AUTH_FRAMES = (6, 7)
HALF_MEGABYTE = 500_000

_WORD = re.compile(
    r"password|passwd|secret|api[-_]?key|auth|credentials|token|bearer", re.IGNORECASE
)
_CARD = re.compile(r"\b(?:4\d{3}|5[1-5]\d\d|6011)(?:[-\s]?\d){12}\b")

NEAR_MISSES = {
    "e-mail": ("a" * 64 + "@") * (HALF_MEGABYTE // 65),
    "e-mail, one word": "a" * HALF_MEGABYTE,
    "card": "4111-1111-1111-111x-" * (HALF_MEGABYTE // 20),
    "card, one number": "4" * HALF_MEGABYTE,
    "card, spaced": "4 " * (HALF_MEGABYTE // 2),
    "key": "-----BEGIN RSA PRIVATE KEY----- " * (HALF_MEGABYTE // 32),
    "address": "1.2.3." * (HALF_MEGABYTE // 6),
    "address, IPv6": "a:" * (HALF_MEGABYTE // 2),
    "colons": ":" * HALF_MEGABYTE,
    "URL": "://a:" * (HALF_MEGABYTE // 5),
    "URL, one user": "x://" + "a" * HALF_MEGABYTE,
    "token": "eyJaaaaa." * (HALF_MEGABYTE // 9),
    "account": "DE89 3704 0044 0532 " * (HALF_MEGABYTE // 20),
    "word": "token" * (HALF_MEGABYTE // 5),
    "assignment": "token" * (HALF_MEGABYTE // 10) + "=" * (HALF_MEGABYTE // 2),
    "quotes": '"token' * (HALF_MEGABYTE // 6),
    "brackets": "{[" * (HALF_MEGABYTE // 2),
}


def django_event(*, has_secrets: bool) -> bytes:
    """An error in a Django view: frames with source and variables, a request, modules."""
    package = "auth" if has_secrets else "shop"
    homes = [package if number in AUTH_FRAMES else "site" for number in range(FRAMES)]
    frames = [
        {
            "filename": f"django/contrib/{home}/handlers/part_{number % 7}.py",
            "abs_path": f"/srv/venv/lib/python3.11/django/contrib/{home}/part_{number % 7}.py",
            "function": f"inner_{number}",
            "module": f"django.contrib.{home}.part_{number % 7}",
            "lineno": 12 * number,
            "in_app": number % 3 == 0,
            "pre_context": ["        # what stands above", "    def inner(request):"],
            "context_line": f"        response = get_response_{number}(request)",
            "post_context": ["        return response", ""],
            "vars": {"request": "<WSGIRequest: GET '/orders/17'>", "number": str(number)},
        }
        for number, home in enumerate(homes)
    ]
    headers = {"Host": "shop.example.com", "Accept": "text/html", "User-Agent": "Mozilla/5.0"}
    if has_secrets:
        headers |= {"Authorization": "Basic YTpi", "Cookie": "theme=dark; sessionid=abc"}
        frames[-1]["vars"] = {"password": "hunter2", "token": 42, "order": "<Order 17>"}
    event = {
        "event_id": "0" * 32,
        "level": "error",
        "timestamp": "2026-11-22T01:35:04.140043Z",
        "exception": {
            "values": [
                {"type": "ValueError", "value": "bad order", "stacktrace": {"frames": frames}}
            ]
        },
        "request": {"url": "https://shop.example.com/orders/17", "headers": headers},
        "contexts": {"runtime": {"name": "CPython", "version": "3.11.7"}},
        "modules": {f"package-{number}": "1.2.3.4" for number in range(40)} | {package: "1.0"},
        "extra": {"sys.argv": ["manage.py", "runserver"]},
        "sdk": {"name": "sentry.python.django", "version": "2.75.0"},
    }
    return json.dumps(event).encode()


def tree_walk(payload: bytes) -> bytes:
    """What a scrubber without a trigger pass does: parse, ask every name and string, write."""
    return json.dumps(_walked(json.loads(payload))).encode()


def _walked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "[Filtered]" if _WORD.search(name) else _walked(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_walked(member) for member in value]
    if isinstance(value, str):
        return "[Filtered]" if _WORD.search(value) else _CARD.sub("[Filtered]", value)
    return value


def cpu_microseconds(work: Callable[[], object], rounds: int, *, series: int = 3) -> float:
    """CPU time of one call, in the best of some series: the machines are noisy."""
    times = []
    for _ in range(series):
        start = time.process_time()
        for _ in range(rounds):
            work()
        times.append((time.process_time() - start) / rounds * 1e6)
    return min(times)


def scrubbers(settings: ScrubSettings) -> Iterable[tuple[str, Scrubber]]:
    """One scrubber per engine that this machine has."""
    for name, build in ENGINES.items():
        yield name, Scrubber(settings, engine=build(triggers(settings)))


def print_common() -> None:
    """The payloads of every day."""
    clean, typical = django_event(has_secrets=False), django_event(has_secrets=True)
    remarks = len(Scrubber(ScrubSettings()).scrub(typical).remarks)
    print(f"{len(clean)} bytes without, {len(typical)} bytes with {remarks} secrets")
    for name, scrubber in scrubbers(ScrubSettings()):
        none = cpu_microseconds(partial(scrubber.scrub, clean), 200, series=40)
        some = cpu_microseconds(partial(scrubber.scrub, typical), 100, series=40)
        print(
            f"{name:10} without {none:6.1f} us (bar {BAR_NO_HIT})   with {some:6.1f} us"
            f" (bar {BAR_TYPICAL})"
        )
    walk = cpu_microseconds(partial(tree_walk, typical), 20, series=40)
    print(f"{'tree walk':10} with {walk:6.1f} us, and it finds cards and words only")


def print_worst() -> None:
    """Half a megabyte that almost matches, in each kind of place; the slowest place counts."""
    everything = ScrubSettings(ip_addresses=True, emails=True, sensitive_fields=("mysekret",))
    for name, scrubber in scrubbers(everything):
        for kind, text in NEAR_MISSES.items():
            payloads = (
                {"message": text},
                {"extra": {"a": text}},
                {"request": {"data": text}},
                {"request": {"cookies": text}},
            )
            spent = max(
                cpu_microseconds(partial(scrubber.scrub, json.dumps(payload).encode()), 1, series=1)
                for payload in payloads
            )
            verdict = "  TOO SLOW" if spent > BAR_WORST else ""
            print(f"{name:10} {kind:18} {spent / 1000:8.1f} ms{verdict}")


def main() -> None:
    print_common()
    print_worst()


if __name__ == "__main__":
    main()
