"""Checks of monitors: what the prober found; nobody else may say so."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from vedette.facts import Fact
from vedette.items import Effects, ItemKind, RawItem, Row, SearchField
from vedette.items._columns import integer, text
from vedette.items._columns import time as times
from vedette.outcome import Drop, DropReason
from vedette.probing.bounds import MOST_CAPTURED, MOST_FACTS_BYTES, MOST_SHOWN_BYTES
from vedette.probing.result import Outcome
from vedette.store.table import Column, ColumnType, Retention, Table
from vedette.uptime.checks import ITEM_TYPE, Check, decode_checks, encode_checks
from vedette.uptime.facts import CertificateEnds, MonitorChecked
from vedette.uptime.latency import bucket_of
from vedette.wire.envelope import build_envelope

PHASES: Final = ("dns", "connect", "tls", "first_byte", "body")
CHECKS = Table(
    name="checks",
    columns=(
        *integer("project_id", "monitor_id", "status", "attempt", "bucket"),
        *times("received", "ended"),
        *text("monitor", "kind", "environment", "outcome", "reason", "message"),
        *(
            Column(name, ColumnType.FLOAT)
            for name in ("duration", "late", "lag", "cert_days", *PHASES)
        ),
        Column("tags", ColumnType.TAGS),
        Column("facts", ColumnType.TEXT, is_long=True),
        Column("evidence", ColumnType.TEXT, is_long=True),
    ),
    retention=Retention.CHECKS,
    sort_key=("project_id", "monitor_id", "timestamp"),
)
_LATEST: Final = 1e10
_encode = msgspec.json.Encoder().encode


def read(item: RawItem) -> Effects | Drop:
    """A row and a fact for each check."""
    try:
        checks = decode_checks(item.payload).checks
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    if not checks or not all(0 < one.due < _LATEST and 0 < one.at < _LATEST for one in checks):
        return Drop(DropReason.INVALID_ITEM)
    project_id, received = item.meta.project_id, int(item.meta.received * 1_000_000)
    facts: list[Fact] = [_fact(one, project_id) for one in checks]
    facts += _ending(checks, project_id)
    rows = [Row(CHECKS, _values(one, project_id, received)) for one in checks]
    return Effects(rows=rows, facts=facts, quantity=len(rows))


def _values(check: Check, project_id: int, received: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "project_id": project_id,
        "monitor_id": check.monitor,
        "timestamp": int(check.due * 1_000_000),
        "received": received,
        "ended": int(check.at * 1_000_000),
        "monitor": check.slug,
        "kind": check.kind,
        "environment": check.environment,
        "outcome": check.outcome,
        "reason": check.reason,
        "message": check.text[:400],
        "status": check.status,
        "attempt": check.attempt,
        "late": check.late,
        "lag": check.lag,
    }
    if check.outcome != Outcome.UNKNOWN:
        values["duration"] = check.ms
        values["bucket"] = bucket_of(check.ms) if check.outcome != Outcome.FAIL else None
    for name in PHASES:
        values[name] = check.phases.get(name)
    values["cert_days"] = _days_left(check)
    if check.captured:
        some = list(check.captured.items())[:MOST_CAPTURED]
        values["tags"] = [(name, f"{value:.12g}") for name, value in some]
    if check.facts:
        values["facts"] = _json(check.facts, MOST_FACTS_BYTES)
    if check.evidence:
        values["evidence"] = _json(check.evidence, MOST_SHOWN_BYTES)
    return values


def _days_left(check: Check) -> float | None:
    """Of the certificate that it saw."""
    certificate = check.facts.get("certificate")
    days = certificate.get("days") if isinstance(certificate, dict) else None
    is_number = isinstance(days, int | float) and not isinstance(days, bool)
    return float(days) if is_number and certificate.get("fingerprint") else None  # type: ignore[arg-type, union-attr]


def _json(given: dict[str, Any], most: int) -> str | None:
    """None for what is larger than any probe may say."""
    made = _encode(given)
    return made.decode() if len(made) <= most else None


def _fact(check: Check, project_id: int) -> MonitorChecked:
    return MonitorChecked(
        project_id=project_id,
        monitor_id=check.monitor,
        due=check.due,
        at=check.at,
        outcome=check.outcome,
        reason=check.reason,
        text=check.text,
        ms=check.ms,
        status=check.status,
        is_reliable=check.is_reliable,
        hold_until=check.hold_until,
        evidence=_decided(check),
    )


def _ending(checks: Iterable[Check], project_id: int) -> Iterator[CertificateEnds]:
    """Certificates that end within the days of which a monitor warns."""
    for check in checks:
        days, thresholds = _days_left(check), check.facts.get("warn_days")
        if days is None or not isinstance(thresholds, list):
            continue
        reached = [one for one in thresholds if isinstance(one, int) and 0 <= days <= one]
        if reached:
            yield CertificateEnds(
                project_id=project_id,
                monitor_id=check.monitor,
                fingerprint=str(check.facts["certificate"]["fingerprint"]),
                days=days,
                threshold=min(reached),
            )


def _decided(check: Check) -> dict[str, Any]:
    """What a check that did not succeed found, and where its time went."""
    if check.outcome == Outcome.OK:
        return {}
    return {**check.evidence, "phases": check.phases} if check.phases else check.evidence


def sample() -> bytes:
    """A check that failed."""
    now = time.time()
    check = Check(
        monitor=1,
        slug="shop",
        kind="http",
        due=now - 1,
        at=now,
        outcome="fail",
        reason="status",
        text="503 instead of 200",
        ms=120.0,
        phases={"dns": 1.0, "connect": 2.0, "first_byte": 117.0},
        status=503,
        captured={"sessions": 3.0},
        evidence={"body": "try again"},
    )
    return build_envelope({}, [({"type": ITEM_TYPE}, encode_checks([check]))])


KIND = ItemKind(
    types=(ITEM_TYPE,),
    category="check",
    most_bytes=8 << 20,
    is_limited=False,
    is_own=True,
    tables=(CHECKS,),
    facts=(MonitorChecked, CertificateEnds),
    fields={
        "monitor": SearchField(column="monitor", help="the monitor"),
        "check.kind": SearchField(column="kind", help="what kind of probe it was"),
        "check.outcome": SearchField(
            column="outcome", help="how it went", values=tuple(str(one) for one in Outcome)
        ),
        "check.reason": SearchField(column="reason", help="why it did not go well"),
        "check.duration": SearchField(column="duration", help="how long it took", unit="ms"),
        "certificate.days_left": SearchField(
            column="cert_days", help="for how long its certificate is good", unit="days"
        ),
        "check.status": SearchField(column="status", help="the status of the answer"),
    },
    read=read,
    sample=sample,
)
