"""Sampling: a trace is whole or absent, whoever of its services asks; counts stay right."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.pipe import Pipe, event
from vedette.pipeline.sampling import Head, is_kept, problem_of, read_rules, share_of
from vedette.pipeline.settings import ProjectSettings
from vedette.wire.envelope import build_envelope

SHOP, BILLING, OTHERS = 1, 2, 3
KEYS = {SHOP: "a" * 32, BILLING: "b" * 32, OTHERS: "c" * 32}


class Sampled(Pipe):
    """Three projects, two of one organisation."""

    def choose(self, **rules: tuple[str, ...]) -> None:
        """Rules by project, and what is known of the shop's names."""
        known = frozenset(rules.pop("known")) if "known" in rules else None
        self.metadata.projects = {SHOP, BILLING, OTHERS}
        made = {
            number: ProjectSettings(
                organization_id=2 if number == OTHERS else 1,
                sampling=rules.get(f"p{number}", ()),
                known_transactions=known,
                trace_keys=(key,),
            )
            for number, key in KEYS.items()
        }
        self.metadata.settings = lambda: made  # type: ignore[method-assign]
        self.digester = self.make_digester()

    def traces(self) -> set[tuple[int, str]]:
        """Project and trace of every span that is stored."""
        rows = self.rows("spans", "project_id", "trace_id")
        return {(row["project_id"], str(row["trace_id"]).replace("-", "")) for row in rows}

    def estimate(self) -> float:
        """How many spans the stored ones stand for."""
        return float(sum(row["weight"] for row in self.rows("spans", "weight")))

    def reasons(self) -> dict[tuple[str, str, str], int]:
        """Quantities by category, outcome and reason."""
        found: dict[tuple[str, str, str], int] = {}
        for row in self.rows("outcomes", "category", "outcome", "reason", "quantity"):
            key = (row["category"], row["outcome"], row["reason"] or "")
            found[key] = found.get(key, 0) + row["quantity"]
        return {key: count for key, count in found.items() if count}


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Sampled]:
    """A pipeline of its own."""
    made = Sampled(tmp_path)
    yield made
    made.crash()


def transaction(trace: str, name: str = "/cart", spans: int = 1, **dsc: Any) -> bytes:
    """A transaction with spans, and the trace header of its head."""
    now = time.time()
    payload = {
        "type": "transaction",
        "transaction": name,
        "start_timestamp": now - 0.2,
        "timestamp": now,
        "contexts": {"trace": {"trace_id": trace, "span_id": uuid.uuid4().hex[:16], "op": "http"}},
        "spans": [
            {
                "trace_id": trace,
                "span_id": uuid.uuid4().hex[:16],
                "op": "db",
                "start_timestamp": now - 0.1,
                "timestamp": now,
            }
            for _ in range(spans)
        ],
    }
    header: dict[str, Any] = {"event_id": uuid.uuid4().hex}
    if dsc:
        header["trace"] = {"trace_id": trace, "public_key": KEYS[SHOP], **dsc}
    return build_envelope(header, [({"type": "transaction"}, json.dumps(payload).encode())])


def streamed(trace: str, count: int) -> bytes:
    """A container of spans, without a trace header."""
    now = time.time()
    items = [
        {
            "trace_id": trace,
            "span_id": uuid.uuid4().hex[:16],
            "name": "GET /cart",
            "is_segment": True,
            "status": "ok",
            "start_timestamp": now - 0.1,
            "end_timestamp": now,
            "attributes": {},
        }
        for _ in range(count)
    ]
    kind = "application/vnd.sentry.items.span.v2+json"
    header = {"type": "span", "item_count": count, "content_type": kind}
    return build_envelope({}, [(header, json.dumps({"version": 2, "items": items}).encode())])


def test_a_trace_is_whole_or_absent_in_all_its_services(pipe: Sampled) -> None:
    """The head's rules decide, also where the other service has rules of its own."""
    pipe.choose(p1=("30% transaction:/cart", "100%"), p2=("50%",))
    traces = [uuid.uuid4().hex for _ in range(300)]
    for trace in traces:
        pipe.spool(transaction(trace, transaction="/cart"), project=SHOP)
        pipe.spool(transaction(trace, "charge", transaction="/cart"), project=BILLING)
    pipe.work()
    kept = {trace for project, trace in pipe.traces() if project == SHOP}
    assert kept == {trace for project, trace in pipe.traces() if project == BILLING}
    assert kept == {trace for trace in traces if is_kept(trace, 0.3)}
    assert 50 < len(kept) < 140
    assert pipe.estimate() == pytest.approx(4 * len(kept) / 0.3)
    assert pipe.reasons() == {
        ("transaction", "accepted", ""): 2 * len(kept),
        ("transaction", "filtered", "sampling"): 600 - 2 * len(kept),
    }


def test_a_head_of_another_organisation_decides_nothing(pipe: Sampled) -> None:
    """Its rules are not for others; the own ones are."""
    pipe.choose(p3=("0%",), p1=("100%",))
    trace = uuid.uuid4().hex
    pipe.spool(transaction(trace, transaction="/x", public_key=KEYS[OTHERS]), project=SHOP)
    pipe.spool(transaction(trace, transaction="/x", public_key=KEYS[OTHERS]), project=OTHERS)
    pipe.work()
    assert pipe.traces() == {(SHOP, trace)}


def test_what_names_no_head_speaks_for_itself(pipe: Sampled) -> None:
    """A transaction, and each span of a container."""
    pipe.choose(p1=("0% transaction:/cart", "25%"))
    traces = [uuid.uuid4().hex for _ in range(60)]
    pipe.spool(transaction(uuid.uuid4().hex, "/cart"), project=SHOP)
    pipe.spool(*(streamed(trace, 2) for trace in traces), project=SHOP)
    pipe.work()
    kept = {trace for trace in traces if is_kept(trace, 0.25)}
    assert pipe.traces() == {(SHOP, trace) for trace in kept}
    assert pipe.estimate() == pytest.approx(8 * len(kept))
    assert pipe.reasons() == {
        ("transaction", "filtered", "sampling"): 1,
        ("span", "accepted", ""): 2 * len(kept),
        ("span", "filtered", "sampling"): 120 - 2 * len(kept),
    }


def test_the_rate_of_the_client_counts_as_well(pipe: Sampled) -> None:
    """One that is kept of two, of which one was sent of ten, stands for twenty."""
    pipe.choose(p1=("50%",))
    trace = next(one for _ in range(99) if is_kept(one := uuid.uuid4().hex, 0.5))
    pipe.spool(transaction(trace, spans=0, transaction="/cart", sample_rate="0.1"), project=SHOP)
    pipe.work()
    assert pipe.estimate() == pytest.approx(20)


def test_errors_are_never_sampled(pipe: Sampled) -> None:
    """Not even where nothing of traces is kept."""
    pipe.choose(p1=("0%",))
    pipe.spool(event(), transaction(uuid.uuid4().hex), project=SHOP)
    pipe.work()
    assert pipe.reasons() == {
        ("error", "accepted", ""): 1,
        ("transaction", "filtered", "sampling"): 1,
    }


def test_what_is_new_is_kept_until_it_is_known(pipe: Sampled) -> None:
    """And nothing counts as new where it is not known what is."""
    rules = ("100% is:new", "0%")
    for known, kept in ((("/cart",), {"/new"}), (("/cart", "/new"), set()), (None, set())):
        pipe.choose(p1=rules, **({"known": known} if known is not None else {}))
        before = set(pipe.traces())
        names = {uuid.uuid4().hex: name for name in ("/cart", "/new")}
        for trace, name in names.items():
            pipe.spool(transaction(trace, name, transaction=name), project=SHOP)
        pipe.work()
        assert {names[trace] for _, trace in pipe.traces() - before} == kept


_SHARES = st.floats(0, 1)


@given(st.uuids(), _SHARES, _SHARES)
def test_a_smaller_share_keeps_a_part_of_a_larger_one(
    trace: uuid.UUID, one: float, other: float
) -> None:
    """So rules that differ between services do not tear a trace apart more than they must."""
    small, large = sorted((one, other))
    assert not is_kept(trace.hex, small) or is_kept(trace.hex, large)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "begin with a share"),
        ("ten", "begin with a share"),
        ("101%", "begin with a share"),
        ("10% all", "is no condition"),
        ("10% url:/x", "is none of transaction"),
        ("10% release:1 release:2", "stands there twice"),
        ("10% transaction:***", "wildcards alone"),
        ("10% transaction:" + "x" * 400, "at most"),
    ],
)
def test_a_line_that_is_no_rule_is_told_why(line: str, words: str) -> None:
    """In words beside its field."""
    assert words in problem_of(line)


def test_the_first_rule_that_fits_counts() -> None:
    """By name, environment and release, with wildcards and quotes."""
    lines = ('5.5% transaction:"GET /a b/*" environment:prod*', "0% release:old@*", "40%")
    rules = read_rules(lines)
    for values, share in (
        (("GET /a b/c", "production", ""), 0.055),
        (("GET /a b/c", "staging", "old@1"), 0.0),
        (("GET /a", "production", "new@1"), 0.4),
    ):
        assert share_of(rules, Head("t", *values), None) == pytest.approx(share)
    assert share_of(read_rules(()), Head("t"), None) == 1.0
