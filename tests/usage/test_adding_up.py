"""Whatever is set and whatever comes: the figures add up to exactly what was sent."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.usage.installation import Installation
from vedette.issues.models import Issue
from vedette.usage.models import Spike, Usage
from vedette.wire.envelope import build_envelope

pytestmark = pytest.mark.usefixtures("rollback")
CATEGORIES = {
    "event": "error",
    "broken": "error",
    "transaction": "transaction",
    "span": "span",
    "replay_event": "replay",
    "attachment": "attachment",
    "client_report": "internal",
}
LIMITED = ("error", "transaction", "span", "replay", "attachment")
COLUMNS = ("minute", "day", "month", "day_mb")

_table = st.dictionaries(
    st.sampled_from(LIMITED),
    st.dictionaries(st.sampled_from(COLUMNS), st.integers(0, 12), max_size=2),
    max_size=2,
)
_quotas = st.fixed_dictionaries(
    {},
    optional={
        "limits": _table,
        "storm_events": st.integers(0, 5),
        "spike_protection": st.booleans(),
        "spike_least": st.integers(1, 6),
    },
)
_filters = st.fixed_dictionaries(
    {},
    optional={
        "error_messages": st.just(["*noise*"]),
        "offender_limit": st.integers(1, 4),
        "health_checks": st.just(True),
    },
)
_sampling = st.sampled_from([None, ["0%"], ["0% transaction:/lamps", "100%"]])
_item = st.tuples(st.sampled_from(sorted(CATEGORIES)), st.integers(0, 3))
_request = st.tuples(
    st.integers(0, 1),
    st.integers(0, 40),
    st.lists(_item, min_size=1, max_size=4),
    st.integers(1, 6),
)
_step = st.one_of(_request, _request, _request, st.sampled_from(["digest", "refresh", "restart"]))


def item(kind: str, number: int) -> tuple[dict[str, object], bytes]:
    """One item of a kind; its number is what it says."""
    if kind == "broken":
        return {"type": "event"}, b"{"
    if kind == "event":
        words = ("noise", "the lamp fell", "no oil", "dark")[number]
        user = {"id": str(number)}
        exception = {"values": [{"type": "LampError", "value": words}]}
        return {"type": kind}, json.dumps({"exception": exception, "user": user}).encode()
    if kind == "span":
        spans = [_span(at) for at in range(number + 1)]
        header: dict[str, object] = {"type": kind, "item_count": len(spans)}
        header["content_type"] = "application/vnd.sentry.items.span.v2+json"
        return header, json.dumps({"items": spans}).encode()
    if kind == "transaction":
        name = ("/healthz", "/", "/lamps", "/oil")[number]
        trace = {"trace_id": "e" * 32, "span_id": f"{number + 1:016x}"}
        payload = {"transaction": name, "start_timestamp": 1.0, "timestamp": 2.0, "spans": []}
        return {"type": kind}, json.dumps({**payload, "contexts": {"trace": trace}}).encode()
    if kind == "replay_event":
        return {"type": kind}, json.dumps({"replay_id": "d" * 32, "segment_id": number}).encode()
    if kind == "client_report":
        entry = {"reason": "queue_overflow", "category": "error", "quantity": number + 1}
        return {"type": kind}, json.dumps({"discarded_events": [entry]}).encode()
    return {"type": kind}, b"notes" * number


def _span(number: int) -> dict[str, Any]:
    return {
        "trace_id": "f" * 32,
        "span_id": f"{number + 1:016x}",
        "name": "read",
        "start_timestamp": 1.0,
        "end_timestamp": 2.0,
        "status": "ok",
        "is_segment": True,
    }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    quotas=_quotas,
    together=_table,
    filters=_filters,
    sampling=_sampling,
    usual=st.sampled_from([None, 0, 30, 600]),
    per_minute=st.sampled_from([0, 0, 3, 20]),
    steps=st.lists(_step, min_size=1, max_size=14),
)
def test_what_was_sent_is_what_was_counted(
    quotas: dict[str, Any],
    together: dict[str, Any],
    filters: dict[str, Any],
    sampling: list[str] | None,
    usual: int | None,
    per_minute: int,
    steps: list[Any],
) -> None:
    """Per project and kind, by the outcomes; sums and issues agree with them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner() as runner,
        transaction.atomic(),
    ):
        held = Installation(Path(folder) / "data", runner, per_minute=per_minute)
        try:
            held.choose(0, **quotas)
            held.choose(0, "filters", **filters)
            held.choose(0, "sampling", **({"rules": sampling} if sampling else {}))
            held.choose(None, budgets=together)
            if usual is not None:
                held.remember(0, usual)
            before = _taken_before(held)
            sent = _play(held, steps)
            held.digest()
            _compare(held, sent, before)
        finally:
            held.close()
            transaction.set_rollback(True)


def _taken_before(held: Installation) -> int:
    return int(Usage.objects.filter(span="hour").aggregate(n=Sum("quantity"))["n"] or 0)


def _play(held: Installation, steps: list[Any]) -> Counter[tuple[int, str]]:
    """Do all steps; what was sent by project and category."""
    sent: Counter[tuple[int, str]] = Counter()
    held.refresh()
    for step in steps:
        if isinstance(step, str):
            getattr(held, step)()
            continue
        project, name, kinds, times = step
        for at in range(times):
            body = build_envelope(
                {"event_id": f"{name * 7 + at % 5:032x}"}, [item(*one) for one in kinds]
            )
            answer = held.send(project, body)
            assert answer.status in (200, 400, 429), answer
            for kind, number in kinds:
                category = CATEGORIES[kind]
                key = held.project(project).pk, category
                if category == "internal":
                    sent[key[0], "error"] += number + 1 if answer.status == 200 else 0
                else:
                    sent[key] += number + 1 if kind == "span" else 1
    return sent


def _compare(held: Installation, sent: Counter[tuple[int, str]], before: int) -> None:
    outcomes = held.outcomes()
    counted: Counter[tuple[int, str]] = Counter()
    taken: Counter[tuple[int, str]] = Counter()
    for (project, category, outcome, _), number in outcomes.items():
        counted[project, category] += number
        taken[project, category] += number if outcome in ("accepted", "kept") else 0
    assert +counted == +sent
    rows = Usage.objects.filter(span="month").values_list("project_id", "category", "quantity")
    sums = Counter({(project, category): number for project, category, number in rows})
    assert +sums == +taken
    hours = Usage.objects.filter(span="hour").aggregate(n=Sum("quantity"))["n"] or 0
    assert hours - before == sum(taken.values())
    storms = sum(n for (_, _, _, reason), n in outcomes.items() if reason == "issue_storm")
    errors = sum(n for (_, category), n in taken.items() if category == "error")
    events = Issue.objects.aggregate(n=Sum("event_count"))["n"] or 0
    attached = sum(
        n
        for (_, c, _, reason), n in outcomes.items()
        if (c, reason) == ("attachment", "issue_storm")
    )
    assert events == errors + storms - attached
    assert len(held.stored("event_id")) == errors
    cut = sum(n for (_, c, _, r), n in outcomes.items() if (c, r) == ("error", "spike_protection"))
    spikes = Spike.objects.aggregate(n=Sum("cut"))["n"] or 0
    assert spikes == cut
