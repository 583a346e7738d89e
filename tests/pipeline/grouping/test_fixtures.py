"""The shared fixtures, where they are at hand: real events of many SDKs and labelled bugs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from tests.pipeline.grouping.builder import key
from tests.pipeline.grouping.scoring import score
from vedette.pipeline.grouping import group, title
from vedette.wire.event import decode_event

SHARED = Path(os.environ.get("TEST_FIXTURES", "/nonexistent"))
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="TEST_FIXTURES is not set")


def test_bugs_and_issues_are_the_same() -> None:
    """Every bug is one issue and no issue holds two bugs, across versions and callers."""
    labels, groups = {}, {}
    for line in (SHARED / "grouping/labels.jsonl").read_text().splitlines():
        labels[json.loads(line)["id"]] = json.loads(line)["label"]
    for line in (SHARED / "grouping/events.jsonl").read_text().splitlines():
        sent = json.loads(line)
        groups[sent["id"]] = key(decode_event(json.dumps(sent["event"])))
    found = score(labels, groups)
    assert found.pair_precision >= 0.99
    assert found.bcubed_f1 >= 0.97


@pytest.mark.parametrize("family", ["xbrowser-[!h]", "xbrowser-http"])
def test_browsers_agree_on_real_stacks(family: str) -> None:
    """One error in four browsers is one issue."""
    paths = sorted((SHARED / "events/sentry").glob(f"javascript-{family}*.json"))
    assert len(paths) == 4
    assert len({group(decode_event(path.read_bytes())).key for path in paths}) == 1


def test_every_real_event_is_grouped() -> None:
    """All events that decode strictly get a key, an explanation and a title."""
    read = 0
    for path in sorted((SHARED / "events").glob("*/*.json")):
        try:
            sent = decode_event(path.read_bytes())
        except msgspec.ValidationError:
            continue
        assert len(key(sent)) == 16
        assert title(sent).text
        read += 1
    assert read > 100
