"""Pairs of events from public bug reports: one issue or two, and what they are called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.pipeline.grouping.builder import key
from vedette.pipeline.grouping import title
from vedette.wire.event import decode_event

REPORTS = Path(os.environ.get("TEST_FIXTURES", "/nonexistent")) / "reports"
PAIRS = sorted(REPORTS.glob("grouping-*.json"))
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="TEST_FIXTURES is not set")


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_reported_pair_is_one_issue_or_two(path: Path) -> None:
    """As the report says."""
    report = json.loads(path.read_text())
    keys = {key(decode_event(json.dumps(sent))) for sent in report["input"].values()}
    assert len(keys) == {"one issue": 1, "two issues": 2}[report["expected"]], report["why"]


@pytest.mark.parametrize("path", sorted(REPORTS.glob("api-R21-*.json")), ids=lambda path: path.stem)
def test_a_reported_event_names_its_culprit(path: Path) -> None:
    """Never the panic hook."""
    report = json.loads(path.read_text())
    shown = title(decode_event(json.dumps(report["input"])))
    assert shown.culprit.startswith(report["expected"].rstrip("…"))
