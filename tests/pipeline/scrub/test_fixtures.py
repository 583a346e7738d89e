"""The shared fixtures, where they are at hand: Sentry's own cases and real payloads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.scrub.conftest import build
from vedette.pipeline.scrub import (
    Scrubber,
    ScrubSettings,
    apply_text_rule,
    decode_remarks,
    encode_remarks,
    meta,
)
from vedette.pipeline.scrub.engine import ENGINES

FIXTURES = Path(os.environ.get("TEST_FIXTURES", "/nonexistent"))
pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="TEST_FIXTURES is not set")


def _cases(name: str) -> list[dict[str, Any]]:
    path = FIXTURES / "scrubbing" / name
    cases: list[dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else []
    return cases


def _settings(sent: dict[str, Any]) -> ScrubSettings:
    return ScrubSettings(
        enabled=sent["scrubData"],
        defaults=sent["scrubDefaults"],
        ip_addresses=sent["scrubIpAddresses"],
        sensitive_fields=tuple(sent.get("sensitiveFields", ())),
        safe_fields=tuple(sent.get("excludeFields", ())),
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", _cases("default_cases.json"), ids=lambda case: case["name"])
def test_sentrys_cases_hold(engine: str, case: dict[str, Any]) -> None:
    """Payload and `_meta` are what Sentry's own scrubber gives."""
    done = build(engine, _settings(case["settings"])).scrub(json.dumps(case["input"]).encode())
    stored = decode_remarks(encode_remarks(done.remarks))
    assert json.loads(done.payload) == case["expected"]
    assert meta(done.payload, stored) == (case["expected_meta"] or {})


@pytest.mark.parametrize("case", _cases("text_rules.json"), ids=lambda case: case["rule"])
def test_sentrys_text_rules_hold(case: dict[str, Any]) -> None:
    """Each named rule gives what Sentry's rule of that name gives."""
    assert apply_text_rule(case["rule"], case["input"]) == case["output"]


def _payloads() -> Iterator[bytes]:
    for path in sorted(FIXTURES.glob("events/*/*.json")):
        yield path.read_bytes()
    for path in sorted(FIXTURES.glob("captures/*.envelope")):
        for line in path.read_bytes().split(b"\n")[1:]:
            if line[:1] in (b"{", b"["):
                yield line


def test_real_payloads_survive() -> None:
    """Real payloads stay JSON, both engines agree, and a second run finds nothing."""
    everything = ScrubSettings(ip_addresses=True, emails=True)
    for settings in (ScrubSettings(), everything):
        scrubbers: list[Scrubber] = [build(name, settings) for name in ENGINES]
        for payload in _payloads():
            results = [scrubber.scrub(payload) for scrubber in scrubbers]
            assert results[1:] == results[:-1]
            assert scrubbers[0].scrub(results[0].payload).payload == results[0].payload
            try:
                json.loads(payload)
            except ValueError:
                continue
            json.loads(results[0].payload)


REPORTED = {
    "L02": "hunter2",
    "L03": "hunter2",
    "L05": "12345678",
    "L08": "dXNlcjpwYXNzd29yZA==",
    "L09": "k-1234567890",
    "L12": "SEKRET1",
    "L14": "SEKRET",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", REPORTED)
def test_reported_secrets_are_gone(engine: str, name: str) -> None:
    """Each was left in a text once."""
    report = json.loads((FIXTURES / "reports" / f"scrubbing-{name}.json").read_text())
    sent = json.dumps(report["input"])
    assert REPORTED[name] in sent
    assert (
        REPORTED[name].encode() not in build(engine, ScrubSettings()).scrub(sent.encode()).payload
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_reported_ids_stay(engine: str) -> None:
    """Sixteen digits without a check digit are no card."""
    report = json.loads((FIXTURES / "reports" / "scrubbing-S08b.json").read_text())
    done = build(engine, ScrubSettings()).scrub(json.dumps(report["input"]).encode())
    assert b"5127938446138368" in done.payload
