"""The shared search cases, where they are at hand: what Sentry's event search makes of a text."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.search.rows import as_sentry_writes
from vedette import clock
from vedette.search import SearchError, parse

CASES = Path(os.environ.get("TEST_FIXTURES", "/nonexistent")) / "search/event_search_cases.json"
pytestmark = pytest.mark.skipif(not CASES.is_file(), reason="TEST_FIXTURES is not set")


def cases() -> list[dict[str, Any]]:
    """The cases; none without the fixtures."""
    return json.loads(CASES.read_text())["cases"] if CASES.is_file() else []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["query"])
def test_a_search_is_read_as_sentry_reads_it(case: dict[str, Any]) -> None:
    """Key, operator, value, wildcard and tree agree, and what is refused there is refused."""
    if "error" in case:
        with pytest.raises(SearchError):
            parse(case["query"])
        return
    parts = [as_sentry_writes(part) for part in parse(case["query"]).parts]
    assert _without_now(parts) == [_expected(part) for part in _without_now(case["result"])]


def _expected(part: Any) -> Any:
    if isinstance(part, dict) and "paren" not in part:
        return {name: part[name] for name in ("key", "op", "value", "value_wildcard")}
    if isinstance(part, dict):
        return {"paren": [_expected(inner) for inner in part["paren"]]}
    return part


def _without_now(value: Any) -> Any:
    """Times near the present, of this run or of the one that made the cases, are the same."""
    if isinstance(value, list):
        return [_without_now(one) for one in value]
    if isinstance(value, dict) and "$dt" in value:
        moment = datetime.fromisoformat(value["$dt"])
        is_recent = abs(clock.now() - moment) < timedelta(days=3000) and moment.microsecond
        return "relative" if is_recent else moment
    if isinstance(value, dict):
        return {key: _without_now(one) for key, one in value.items()}
    return value
