"""What a probe found, once."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

MOST_EVIDENCE_BYTES = 2048


class Outcome(StrEnum):
    """How it went. `unknown` says nothing of the target: it moves no counter."""

    OK = "ok"
    DEGRADED = "degraded"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a probe.

    `reason` is one of those that the kind declares, empty if all is well; `text` says it in one
    line for people. `phases` are milliseconds by name, in the order in which they came (dns,
    connect, tls, first_byte, body); `duration_ms` is the whole. `captured` are numbers that a
    person asked to be kept. `facts` are what was learned besides: the address, the certificate,
    the protocol. `evidence` shows why it failed: the clause that decided, an excerpt of the
    body of at most `MOST_EVIDENCE_BYTES`, headers; no secret of the settings is in it.
    """

    outcome: Outcome
    reason: str = ""
    text: str = ""
    duration_ms: float = 0.0
    phases: dict[str, float] = {}
    status: int | None = None
    captured: dict[str, float] = {}
    facts: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
