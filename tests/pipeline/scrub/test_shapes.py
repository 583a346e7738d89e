"""Secrets where SDKs put them: headers, cookies, bodies, variables, arguments, spans, logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.scrub.conftest import Wash

SECRET = "SEKRET9x7"  # noqa: S105 - stands in the corpus
LINES = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpus_shapes.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize(
    "event",
    [line["gone"] for line in LINES if "gone" in line],
    ids=lambda event: json.dumps(event)[:80],
)
def test_a_secret_is_gone_wherever_it_stands(wash: Wash, event: dict[str, Any]) -> None:
    """And the rest of the event is there."""
    done = wash({"event_id": "a" * 32} | event)
    assert SECRET not in json.dumps(done)
    assert done.keys() == {"event_id"} | event.keys()


@pytest.mark.parametrize(
    "event",
    [line["stay"] for line in LINES if "stay" in line],
    ids=lambda event: json.dumps(event)[:80],
)
def test_what_only_speaks_of_secrets_stays(wash: Wash, event: dict[str, Any]) -> None:
    """Routes, modules, counts, names and sentences."""
    assert wash(event) == event
