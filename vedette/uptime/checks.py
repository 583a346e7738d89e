"""A check as it goes from the prober through the spool: many of one project in one item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

ITEM_TYPE: Final = "monitor_check"


class Check(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One run of a probe. Times are seconds since 1970, what lasts milliseconds.

    `due` is its slot or the time of its retry, `late` by how much it began after that, `lag` how
    long the prober's own loop was held up meanwhile. `attempt` counts the retries.
    """

    monitor: int
    slug: str
    kind: str
    due: float
    at: float
    outcome: str
    reason: str = ""
    text: str = ""
    ms: float = 0.0
    phases: dict[str, float] = {}
    status: int | None = None
    captured: dict[str, float] = {}
    facts: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    attempt: int = 0
    late: float = 0.0
    lag: float = 0.0
    is_reliable: bool = True
    hold_until: float = 0.0
    environment: str = ""


class Checks(msgspec.Struct):
    """The payload."""

    checks: list[Check] = []


_encode = msgspec.json.Encoder().encode
decode_checks = msgspec.json.Decoder(Checks).decode


def encode_checks(checks: Sequence[Check]) -> bytes:
    """The payload of an item."""
    return _encode(Checks(list(checks)))
